#include "trial.h"

#include <algorithm>
#include <random>
#include <sstream>
#include <thread>
#include <utility>

#include "host.h"

namespace volconf {
namespace {

using nlohmann::json;

constexpr Millis kCommandLimit{60'000};

std::string random_hex(std::size_t digits) {
  static std::mutex mutex;
  static std::mt19937_64 random{std::random_device()()};
  const std::lock_guard hold(mutex);
  std::string text;
  while (text.size() < digits) text += "0123456789abcdef"[random() % 16];
  return text;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

void compare(std::ostream& out, const char* kind, const std::vector<std::string>& before,
             const std::vector<std::string>& after) {
  for (const auto& each : after) {
    if (std::count(after.begin(), after.end(), each) > std::count(before.begin(), before.end(), each))
      out << " + " << kind << " " << each;
  }
  for (const auto& each : before) {
    if (std::count(before.begin(), before.end(), each) > std::count(after.begin(), after.end(), each))
      out << " - " << kind << " " << each;
  }
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> result;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) result.push_back(line);
  return result;
}

}  // namespace

void fail(const std::string& what) {
  throw Failed(what);
}

void expect(bool condition, const std::string& what) {
  if (!condition) fail(what);
}

void expect_ok(const Reply& reply, const std::string& right) {
  expect(reply.ok(), reply.story() + "; right: " + right);
}

void expect_error(const Reply& reply, const std::string& right) {
  expect(reply.is_error(), reply.story() + "; right: " + right);
}

void expect_clean_answer(const Reply& reply) {
  const bool refused = reply.status >= 400;
  expect(refused || reply.ok() || reply.is_error(), reply.story() + "; right: an answer, or an error");
}

bool eventually(double seconds, const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(Millis(20));
  }
  return true;
}

std::vector<Reply> at_once(std::size_t count, const std::function<Reply(std::size_t)>& act) {
  std::vector<Reply> replies(count);
  std::vector<std::thread> threads;
  threads.reserve(count);
  for (std::size_t i = 0; i < count; ++i) threads.emplace_back([&replies, &act, i] { replies[i] = act(i); });
  for (std::thread& thread : threads) thread.join();
  return replies;
}

std::string mount_id() {
  return random_hex(64);
}

Trial::Trial(const Options& options, Plugin& plugin, std::string id)
    : options_(options), plugin_(plugin), id_(lower(std::move(id))) {
  before_ = take_inventory();
}

std::string Trial::new_name() {
  std::string name;
  {
    const std::lock_guard hold(mutex_);
    name = "volconf-" + id_ + "-" + std::to_string(++names_) + "-" + random_hex(6);
  }
  will_exist(name);
  return name;
}

void Trial::will_exist(const std::string& name) {
  const std::lock_guard hold(mutex_);
  used_[name];
}

std::string Trial::new_volume() {
  std::string name = new_name();
  expect_ok(plugin_.create(name, options_.volume_options), "a new volume");
  return name;
}

std::filesystem::path Trial::mount(const std::string& name, const std::string& id) {
  {
    const std::lock_guard hold(mutex_);
    used_[name].insert(id);
  }
  const Reply reply = plugin_.mount(name, id);
  expect_ok(reply, "the volume is mounted");
  std::filesystem::path path = reply.text("Mountpoint");
  expect(path.is_absolute(),
         reply.story() + "; right: an absolute Mountpoint (an empty one exposes the plugin's root)");
  return path;
}

void Trial::unmount(const std::string& name, const std::string& id) {
  expect_ok(plugin_.unmount(name, id), "the mount id is given up");
}

std::vector<std::string> Trial::list() {
  const Reply reply = plugin_.call("List");
  expect_ok(reply, "the volumes");
  const json volumes = reply.at("Volumes");
  expect(volumes.is_array() || volumes.is_null(), reply.story() + "; right: Volumes is an array");
  std::vector<std::string> names;
  for (const json& volume : volumes) {
    const bool named = volume.is_object() && volume.contains("Name") && volume["Name"].is_string();
    expect(named, reply.story() + "; right: each volume has a Name");
    names.push_back(volume["Name"].get<std::string>());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::size_t Trial::times_listed(const std::string& name) {
  const auto names = list();
  return static_cast<std::size_t>(std::count(names.begin(), names.end(), name));
}

bool Trial::exists(const std::string& name) {
  const Reply reply = plugin_.get(name);
  return reply.ok() && reply.volume().value("Name", json()) == name;
}

void Trial::expect_mounted(const std::filesystem::path& path, std::size_t times, const std::string& when) {
  const std::size_t seen = times_mounted(path);
  expect(seen == times, when + ": " + path.string() + " is mounted " + std::to_string(seen) +
                            " times; right: " + std::to_string(times));
}

void Trial::expect_released(const std::filesystem::path& path, const std::string& when, double seconds) {
  const bool released = eventually(limit(seconds), [&] { return times_mounted(path) == 0; });
  expect(released, when + ": " + path.string() + " is still mounted; right: released within " +
                       std::to_string(static_cast<int>(seconds)) + " s");
}

void Trial::run(const std::string& option, const std::string& volume) {
  const CommandResult result = run_command(options_.text(option), kCommandLimit, volume);
  expect(result.ended, "the command of " + option + " does not end within 60 s");
  expect(result.status == 0, "the command of " + option + " ended with exit status " + std::to_string(result.status));
  if (option.find("backend") != std::string::npos || option.find("attach") != std::string::npos)
    disturbed_ = option != "--backend-up-command";
}

void Trial::start() {
  run("--start-command");
  running_ = true;
  const bool answers = eventually(limit(20), [&] { return plugin_.call_raw("Plugin.Activate", "").ok(); });
  expect(answers, "the plugin was started and does not answer Plugin.Activate within 20 s");
}

void Trial::crash() {
  running_ = false;
  run("--crash-command");
}

void Trial::stop() {
  running_ = false;
  run("--stop-command");
}

void Trial::restart() {
  crash();
  start();
}

void Trial::backend_up() {
  run("--backend-up-command");
}

void Trial::clean_up() {
  if (disturbed_) backend_up();
  if (!running_) start();
  eventually(limit(10), [&] { return remove_everything(); });
  Inventory after;
  const bool clean = eventually(limit(10), [&] {
    after = take_inventory();
    return after == before_;
  });
  expect(clean, "left behind:" + difference(after));
}

bool Trial::remove_everything() {
  bool done = true;
  for (const auto& [name, ids] : used_) {
    if (!exists(name)) continue;
    for (const std::string& id : ids) plugin_.unmount(name, id);
    done = plugin_.remove(name).ok() && done;
  }
  return done;
}

Trial::Inventory Trial::take_inventory() {
  Inventory inventory;
  if (options_.has("--propagated")) inventory.mounts = mounts_below(propagated());
  inventory.volumes = list();
  if (options_.has("--inventory-command"))
    inventory.printed = run_command(options_.text("--inventory-command"), kCommandLimit).output;
  return inventory;
}

std::string Trial::difference(const Inventory& after) const {
  std::ostringstream out;
  compare(out, "mount", before_.mounts, after.mounts);
  compare(out, "volume", before_.volumes, after.volumes);
  compare(out, "line of the inventory", lines_of(before_.printed), lines_of(after.printed));
  return out.str();
}

}  // namespace volconf
