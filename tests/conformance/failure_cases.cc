// C45 to C48: the storage is down or slow, and the plugin is stopped.
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <thread>

#include "cases.h"
#include "host.h"

namespace volconf {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

void expect_quick(const Reply& reply, double seconds, double limit, const std::string& when) {
  expect(reply.seconds < limit, when + ": " + reply.story() + "; it took " + std::to_string(reply.seconds) +
                                    " s; right: less than " + std::to_string(static_cast<int>(seconds)) + " s");
}

// An Err of Get would make the engine forget the volume.
void expect_answers_from_memory(Trial& trial, const std::string& name, const std::vector<std::string>& names) {
  const std::string when = "backend down";
  for (int i = 0; i < 3; ++i) {
    for (const Reply& reply :
         {trial.plugin().call("Capabilities"), trial.plugin().call("List"), trial.plugin().get(name)}) {
      expect(reply.ok(), when + ": " + reply.story() + "; right: answered from memory");
      expect_quick(reply, 1, trial.limit(1), when);
    }
    expect(trial.list() == names, when + ": List has other names than before");
    std::this_thread::sleep_for(Millis(300));
  }
}

struct Attempt {
  Reply reply;
  double budget = 0;
};

void an_outage_is_survived(Trial& trial) {
  const std::string name = trial.new_volume();
  trial.plugin().get(name);
  const auto names = trial.list();
  trial.run("--backend-down-command");
  expect_answers_from_memory(trial, name, names);
  for (const auto& [reply, budget] :
       {Attempt{trial.plugin().create(trial.new_name(), trial.options().volume_options), 110},
        Attempt{trial.plugin().mount(name, mount_id()), 110}, Attempt{trial.plugin().remove(name), 50}}) {
    expect_error(reply, "an Err with the cause, because the storage is down");
    expect_quick(reply, budget, budget, "backend down");
  }
  expect_answers_from_memory(trial, name, names);
}

void an_outage_ends_by_itself(Trial& trial) {
  trial.run("--backend-down-command");
  trial.plugin().create(trial.new_name(), trial.options().volume_options);
  trial.backend_up();
  const std::string name = trial.new_name();
  Reply reply;
  const bool recovered = eventually(60, [&] {
    reply = trial.plugin().create(name, trial.options().volume_options);
    return reply.ok();
  });
  expect(recovered, "the storage is up again for 60 s: " + reply.story() + "; right: success without a restart");
}

void expect_ends(const Reply& reply, double limit, double slack, const std::string& when) {
  expect(reply.status != 0, when + ": " + reply.story() + "; right: an answer");
  expect_quick(reply, limit, limit * slack, when);
}

// The engine waits 120 s for Create and Mount, and 60 s for the rest: what ends later is told as nothing at all.
void every_call_ends_before_the_engine_gives_up(Trial& trial) {
  if (!trial.options().has("--backend-stuck-command"))
    return trial.note("the limits of 55 and 110 s were not tried: needs --backend-stuck-command");
  trial.backend_up();
  const bool mounts = trial.options().has("--propagated");
  const std::string used = trial.new_name(), id = mount_id(), other_id = mount_id();
  expect(eventually(60, [&] { return trial.plugin().create(used, trial.options().volume_options).ok(); }),
         "the storage is quick again for 60 s, and Create fails; right: success without a restart");
  const std::string unused = trial.new_volume();
  if (mounts) trial.mount(used, id);
  trial.run("--backend-stuck-command");
  Plugin& plugin = trial.plugin();
  const auto ends = [&](const Reply& reply, double limit) {
    expect_ends(reply, limit, trial.options().slack, "backend stuck");
  };
  ends(plugin.create(trial.new_name(), trial.options().volume_options), 110);
  ends(plugin.get(unused), 55);
  ends(plugin.call("List"), 55);
  if (mounts) {
    ends(plugin.mount(unused, other_id), 110);
    ends(plugin.path(unused), 55);
    ends(plugin.unmount(unused, other_id), 55);
    ends(plugin.unmount(used, id), 55);
  }
  ends(plugin.remove(unused), 55);
}

// 30 s is what the engine gives to a plugin that was enabled without --timeout.
void every_call_ends(Trial& trial) {
  const std::string name = trial.new_name(), id = mount_id();
  trial.run("--backend-slow-command");
  Plugin& plugin = trial.plugin();
  const auto ends = [&](const Reply& reply) { expect_ends(reply, 30, trial.options().slack, "backend slow"); };
  ends(plugin.create(name, trial.options().volume_options));
  ends(plugin.get(name));
  ends(plugin.call("List"));
  if (trial.options().has("--propagated")) {
    ends(plugin.mount(name, id));
    ends(plugin.path(name));
    ends(plugin.unmount(name, id));
  } else {
    trial.note("without Mount and Unmount: needs --propagated");
  }
  ends(plugin.remove(name));
  if (trial.long_run()) every_call_ends_before_the_engine_gives_up(trial);
}

/// What a process leaves that died with its socket bound.
void leave_stale_socket(const std::string& path) {
  if (fs::exists(path)) return;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int bound = bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  close(fd);
  expect(bound == 0, "after SIGTERM nobody can bind " + path);
}

void it_stops_and_starts_again(Trial& trial) {
  const std::string name = trial.new_volume();
  const bool slow = trial.options().has("--backend-slow-command");
  if (slow) trial.run("--backend-slow-command");
  std::thread caller([&] { trial.plugin().mount(name, mount_id()); });
  std::this_thread::sleep_for(Millis(slow ? 1000 : 20));
  const auto began = std::chrono::steady_clock::now();
  try {
    trial.stop();
  } catch (...) {
    caller.join();
    throw;
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  caller.join();
  expect(seconds < trial.limit(10),
         "SIGTERM during Mount: ended after " + std::to_string(seconds) + " s; right: within 10 s");
  if (slow) trial.backend_up();
  leave_stale_socket(trial.plugin().socket());
  trial.start();
  expect(trial.exists(name), "after SIGTERM and a start Get does not find " + name);
}

}  // namespace

std::vector<Case> failure_cases() {
  return {
      {"C45",
       "with the storage down, Get and List answer and the rest fails in time",
       {"--backend-down-command", "--backend-up-command"},
       an_outage_is_survived},
      {"C46",
       "it recovers from an outage without a restart",
       {"--backend-down-command", "--backend-up-command"},
       an_outage_ends_by_itself},
      {"C47",
       "with slow storage every call ends within 30 s",
       {"--backend-slow-command", "--backend-up-command"},
       every_call_ends},
      {"C48",
       "SIGTERM during a Mount ends it, and a stale socket is replaced",
       {"--propagated", "--stop-command", "--start-command"},
       it_stops_and_starts_again},
  };
}

}  // namespace volconf
