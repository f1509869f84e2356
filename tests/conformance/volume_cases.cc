// C16 to C24: Create, Get and List.
#include <algorithm>
#include <cctype>
#include <string_view>
#include <thread>

#include "cases.h"

namespace volconf {
namespace {

using nlohmann::json;

const json kNowhere = "";  // Mountpoint of what is not mounted

/// `2026-01-02T03:04:05`, then perhaps a fraction, then Z or an offset.
bool is_rfc3339(const std::string& text) {
  constexpr std::string_view kForm = "dddd-dd-ddTdd:dd:dd";
  if (text.size() <= kForm.size()) return false;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    const bool digit = std::isdigit(static_cast<unsigned char>(text[i])) != 0;
    if (kForm[i] == 'd' ? !digit : text[i] != kForm[i]) return false;
  }
  const std::size_t zone = text.find_first_not_of("0123456789.", kForm.size());
  return zone != std::string::npos && (text.substr(zone) == "Z" || text.size() == zone + 6);
}

void expect_right_form(const Reply& got, const std::string& name) {
  const json volume = got.at("Volume");
  expect(volume.is_object() && volume.value("Name", json()) == name, got.story() + "; right: Volume with that Name");
  if (volume.contains("CreatedAt") && !volume["CreatedAt"].is_null()) {
    const bool good = volume["CreatedAt"].is_string() && is_rfc3339(volume["CreatedAt"].get<std::string>());
    expect(good, got.story() + "; right: CreatedAt absent or as RFC 3339, else the engine forgets the volume");
  }
  const json status = volume.value("Status", json());
  expect(status.is_null() || status.is_object(), got.story() + "; right: Status absent or an object");
  expect(volume.value("Mountpoint", kNowhere) == kNowhere, got.story() + "; right: no Mountpoint before a Mount");
}

void a_new_volume_is_found(Trial& trial) {
  const std::string name = trial.new_volume();
  const Reply got = trial.plugin().get(name);
  expect_ok(got, "the new volume");
  expect_right_form(got, name);
  expect(trial.times_listed(name) == 1, "List has " + name + " " + std::to_string(trial.times_listed(name)) + " times");
}

void an_unknown_volume_is_not_found(Trial& trial) {
  const auto before = trial.list();
  const std::string name = trial.new_name();
  const Reply got = trial.plugin().get(name);
  expect(got.status != 0, got.story() + "; right: an answer");
  expect(!got.ok() || got.at("Volume").is_null(), got.story() + "; right: an Err, or no Volume");
  expect(trial.list() == before, "List is another one after Get of an unknown name");
}

void create_may_be_repeated(Trial& trial) {
  const std::string name = trial.new_volume();
  expect_ok(trial.plugin().create(name, trial.options().volume_options), "the same Create again changes nothing");
  expect(trial.times_listed(name) == 1, "after two Creates List has " + name + " not once");
}

void other_options_are_not_swallowed(Trial& trial) {
  const std::string name = trial.new_volume();
  const json before = trial.plugin().get(name).volume();
  const Reply again = trial.plugin().create(name, trial.options().other_options);
  expect(again.ok() || again.is_error(), again.story() + "; right: an Err, or success and nothing changed");
  if (again.is_error()) {
    for (const json& options : {trial.options().volume_options, trial.options().other_options}) {
      for (const auto& [key, value] : options.items()) {
        expect(again.err().find(value.get<std::string>()) != std::string::npos,
               again.story() + "; right: an Err that mentions " + value.dump());
      }
    }
  }
  expect(trial.plugin().get(name).volume().value("CreatedAt", json()) == before.value("CreatedAt", json()),
         "Create with other options made another volume of " + name);
  expect(trial.times_listed(name) == 1, "List has " + name + " not once");
}

void parallel_creates_make_one_volume(Trial& trial) {
  const std::string name = trial.new_name();
  const auto create = [&](std::size_t) { return trial.plugin().create(name, trial.options().volume_options); };
  bool made = false;
  for (const Reply& reply : at_once(20, create)) {
    const bool exists = reply.err().find("exist") != std::string::npos;
    expect(reply.ok() || exists, reply.story() + "; right: success, or an Err that it exists");
    made = made || reply.ok();
  }
  expect(made, "none of 20 parallel Creates of " + name + " had success");
  expect(trial.times_listed(name) == 1, "after 20 parallel Creates List has " + name + " not once");
}

void creates_run_in_parallel(Trial& trial) {
  const std::string first = trial.new_name();
  const Reply single = trial.plugin().create(first, trial.options().volume_options);
  expect_ok(single);
  std::vector<std::string> names;
  for (int i = 0; i < 20; ++i) names.push_back(trial.new_name());
  const auto began = std::chrono::steady_clock::now();
  const auto create = [&](std::size_t i) { return trial.plugin().create(names[i], trial.options().volume_options); };
  for (const Reply& reply : at_once(names.size(), create)) expect_ok(reply, "20 parallel Creates of different names");
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  const double allowed = std::max(20 * single.seconds, trial.limit(1));
  expect(seconds < allowed, "20 parallel Creates took " + std::to_string(seconds) + " s, a single one " +
                                std::to_string(single.seconds) + " s; right: less than 20 times as long");
  for (const std::string& name : names) expect(trial.times_listed(name) == 1, "List has " + name + " not once");
}

void a_create_without_listener_is_whole_or_absent(Trial& trial) {
  const std::string name = trial.new_name();
  const json body = {{"Name", name}, {"Opts", trial.options().volume_options}};
  try {
    const Connection connection(trial.plugin().socket());
    connection.send(request_text("/VolumeDriver.Create", body.dump() + "\n"));
  } catch (const WireError& error) {
    fail(std::string("Create: ") + error.what());
  }
  std::this_thread::sleep_for(std::chrono::seconds(2));
  const Reply got = trial.plugin().get(name);
  if (got.ok() && !got.at("Volume").is_null()) expect_right_form(got, name);
  expect_ok(trial.plugin().create(name, trial.options().volume_options),
            "Create again has success, after one whose caller hung up");
  expect(trial.exists(name), "volume " + name + " is not there");
}

void long_lists_are_quick_and_stable(Trial& trial) {
  const std::size_t count = trial.long_run() ? 500 : 100;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) names.push_back(trial.new_volume());
  const Reply reply = trial.plugin().call("List");
  expect(reply.seconds < trial.limit(2), "List of " + std::to_string(count) + " volumes took " +
                                             std::to_string(reply.seconds) + " s; right: less than 2 s");
  const auto listed = trial.list();
  expect(std::adjacent_find(listed.begin(), listed.end()) == listed.end(), "List has a volume twice");
  for (const std::string& name : names)
    expect(std::binary_search(listed.begin(), listed.end(), name), "List has not " + name);
  expect(trial.list() == listed, "two Lists in a row differ");
}

void help_is_an_error_with_the_usage(Trial& trial) {
  const std::string name = trial.new_name();
  const Reply reply = trial.plugin().create(name, {{trial.options().text("--help-option"), ""}});
  expect_error(reply, "the usage as Err");
  expect(reply.err().find('\n') != std::string::npos, reply.story() + "; right: a usage of several lines");
  expect(!trial.exists(name), "Create with the help option created " + name);
}

}  // namespace

std::vector<Case> volume_cases() {
  return {
      {"C16", "a new volume is in Get and List, in the right form", {}, a_new_volume_is_found},
      {"C17", "an unknown volume is not found", {}, an_unknown_volume_is_not_found},
      {"C18", "the same Create again has success and makes nothing", {}, create_may_be_repeated},
      {"C19", "Create with other options changes nothing silently", {"--other-opts"}, other_options_are_not_swallowed},
      {"C20", "20 parallel Creates of one name make one volume", {}, parallel_creates_make_one_volume},
      {"C21", "Creates of different names run in parallel", {}, creates_run_in_parallel},
      {"C22", "a Create whose caller hung up is whole or absent", {}, a_create_without_listener_is_whole_or_absent},
      {"C23", "long lists are quick, whole and stable", {}, long_lists_are_quick_and_stable},
      {"C24", "the help option is answered with the usage", {"--help-option"}, help_is_an_error_with_the_usage},
  };
}

}  // namespace volconf
