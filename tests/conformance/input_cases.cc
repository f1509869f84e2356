// C09 to C15: what must be refused.
#include <algorithm>

#include "cases.h"
#include "host.h"

namespace volconf {
namespace {

using nlohmann::json;

constexpr const char* kCallsWithName[] = {"Create", "Mount", "Unmount", "Remove", "Get", "Path"};

std::string size_option(const Trial& trial) {
  return trial.options().has("--size-option") ? trial.options().text("--size-option") : "size";
}

/// Sends each body to each call, and looks whether a volume that stood by is untouched.
void expect_refused(Trial& trial, const std::vector<std::string>& bodies) {
  const std::string bystander = trial.new_volume();
  const auto before = trial.list();
  const auto mounts = mounts_below(trial.propagated());
  for (const char* call : kCallsWithName) {
    for (const std::string& body : bodies) expect_error(trial.plugin().call_raw(call, body), "an Err; nothing is done");
  }
  expect(trial.list() == before, "List is another one after requests that had to be refused");
  expect(mounts_below(trial.propagated()) == mounts, "a request that had to be refused changed what is mounted");
  expect(trial.exists(bystander), "volume " + bystander + " is gone after requests that had to be refused");
}

// The engine repeats a request whose connection broke with an empty body.
void empty_bodies_are_refused(Trial& trial) {
  expect_refused(trial, {"", "\n"});
}

void nameless_bodies_are_refused(Trial& trial) {
  expect_refused(trial, {"{}\n", R"({"Name":"","ID":"x"})", R"({"ID":"x","Opts":{}})", R"({"Name":null})"});
}

void wrong_json_is_refused(Trial& trial) {
  expect_refused(trial, {"{", "[]", "null", "\"x\"", "{\"Name\":", R"({"Name":7})", R"({"Name":["x"]})",
                         R"({"Name":{"x":1}})", R"({"Name":"volconf-a","Name":"volconf-b","ID":"x"})"});
  expect_ok(trial.plugin().call_raw("Plugin.Activate", ""), "the plugin is alive");
}

struct OddName {
  std::string what;
  std::string json_text;  ///< as it stands between the quotes
};

std::vector<OddName> odd_names() {
  return {{"a path upwards", "../volconf-x"},
          {"a slash", "volconf-a/b"},
          {"a dot", "."},
          {"two dots", ".."},
          {"300 characters", std::string(300, 'v')},
          {"a newline", "volconf\\nx"},
          {"a NUL", "volconf\\u0000x"},
          {"a dash in front", "-volconf"},
          {"a space", "volconf x"},
          {"bytes that are not UTF-8", "volconf\xff\xfe"},
          {"an emoji", "volconf\xf0\x9f\x90\xb3"}};
}

// Mounts the volume, if that can be tried at all, to see where.
void expect_mounted_inside(Trial& trial, const std::string& name_member, const std::string& what) {
  if (!trial.options().has("--propagated")) return;
  const std::string body = "{" + name_member + ",\"ID\":\"volconf\"}";
  const Reply reply = trial.plugin().call_raw("Mount", body);
  if (!reply.ok()) return;
  const auto inside = mounts_below(trial.propagated());
  const auto path = std::filesystem::path(reply.text("Mountpoint")).lexically_normal();
  trial.plugin().call_raw("Unmount", body);
  expect(std::find(inside.begin(), inside.end(), path.string()) != inside.end(),
         "a name with " + what + ": " + reply.story() + "; right: a mount point below --propagated");
}

void try_odd_name(Trial& trial, const OddName& odd) {
  const std::string member = "\"Name\":\"" + odd.json_text + "\"";
  const auto before = trial.list();
  const Reply created =
      trial.plugin().call_raw("Create", "{" + member + ",\"Opts\":" + trial.options().volume_options.dump() + "}");
  if (!created.ok()) {
    expect_error(created, "a name with " + odd.what + " is refused with an Err, or works");
    return expect(trial.list() == before, "Create of a name with " + odd.what + " was refused, and List changed");
  }
  const Reply got = trial.plugin().call_raw("Get", "{" + member + "}");
  const auto after = trial.list();
  expect_mounted_inside(trial, member, odd.what);
  const Reply removed = trial.plugin().call_raw("Remove", "{" + member + "}");
  expect_ok(got, "Create of a name with " + odd.what + " said success, so the volume is found under that name");
  const json asked = json::parse("{" + member + "}", nullptr, false);
  expect(asked.is_discarded() || got.volume().value("Name", json()) == asked["Name"],
         "a name with " + odd.what + ": " + got.story() + "; right: Name as it was asked for");
  expect(after.size() == before.size() + 1, "a name with " + odd.what + " was created and is not in List once");
  expect_ok(removed, "the volume is removed");
}

void odd_names_harm_nobody(Trial& trial) {
  const auto parent = trial.options().has("--propagated") ? (trial.propagated() / "..").lexically_normal() : "";
  const auto before = entries(parent);
  for (const OddName& odd : odd_names()) try_odd_name(trial, odd);
  expect(entries(parent) == before, "files have come or gone beside " + trial.propagated().string());
}

void options_may_be_absent(Trial& trial) {
  const std::vector<json> variants = {{{"Opts", nullptr}}, json::object(), {{"Opts", json::object()}}};
  for (json body : variants) {
    const std::string name = trial.new_name();
    body["Name"] = name;
    expect_ok(trial.plugin().call("Create", body), "a volume with default options");
    expect(trial.exists(name), "volume " + name + " was created without options, and Get does not find it");
  }
}

void expect_not_created(Trial& trial, const std::string& name) {
  expect(!trial.exists(name), "Create of " + name + " was refused, and yet Get finds it");
}

void unknown_options_are_named(Trial& trial) {
  const std::string name = trial.new_name();
  json options = trial.options().volume_options;
  options["volconf-unknown"] = "1";
  const Reply reply = trial.plugin().create(name, options);
  expect_error(reply, "the option volconf-unknown is refused");
  expect(reply.err().find("volconf-unknown") != std::string::npos,
         reply.story() + "; right: an Err that names the option");
  expect_not_created(trial, name);
}

std::string without(std::string text, const std::string& part) {
  for (std::size_t at = 0; !part.empty() && (at = text.find(part)) != std::string::npos;) text.erase(at, part.size());
  return text;
}

void bad_values_are_named_with_their_range(Trial& trial) {
  const std::string key = size_option(trial);
  for (const std::string value : {"abc", "-1", "0", "99999999999999999999"}) {
    const std::string name = trial.new_name();
    json options = trial.options().volume_options;
    options[key] = value;
    const Reply reply = trial.plugin().create(name, options);
    expect_error(reply, key + "=" + value + " is refused");
    expect(reply.err().find(key) != std::string::npos, reply.story() + "; right: an Err that names " + key);
    const std::string rest = without(without(reply.err(), name), "=" + value);
    expect(rest.find_first_of("0123456789") != std::string::npos,
           reply.story() + "; right: an Err that tells the range");
    expect_not_created(trial, name);
  }
}

}  // namespace

std::vector<Case> input_cases() {
  return {
      {"C09", "empty bodies are refused", {}, empty_bodies_are_refused},
      {"C10", "bodies without a name are refused", {}, nameless_bodies_are_refused},
      {"C11", "what is not the right JSON is refused", {}, wrong_json_is_refused},
      {"C12", "odd names are refused, or work and stay inside", {}, odd_names_harm_nobody},
      {"C13", "Opts may be null, absent or empty", {}, options_may_be_absent},
      {"C14", "an unknown option is refused by name", {}, unknown_options_are_named},
      {"C15", "a bad value is refused with the option's name and range", {}, bad_values_are_named_with_their_range},
  };
}

}  // namespace volconf
