// C25 to C29, C32, C35 and C37: Mount and Unmount when nothing goes wrong.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <random>
#include <set>

#include "cases.h"
#include "host.h"

namespace volconf {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const json kNowhere = "";  // Mountpoint of what is not mounted

bool is_below(const fs::path& path, const fs::path& directory) {
  const std::string root = directory.lexically_normal().string() + "/";
  return path.lexically_normal().string().compare(0, root.size(), root) == 0;
}

void a_mount_is_usable(Trial& trial) {
  const std::string name = trial.new_volume();
  const fs::path path = trial.mount(name, mount_id());
  expect(is_below(path, trial.propagated()),
         "Mountpoint " + path.string() + " does not lie below " + trial.propagated().string());
  trial.expect_mounted(path, 1, "after Mount");
  const std::string problem = write_through(path / "file", "content");
  expect(problem.empty(), "writing below " + path.string() + ": " + problem);
  const Reply got = trial.plugin().get(name);
  expect(got.ok() && got.volume().value("Mountpoint", json()) == path.string(),
         got.story() + "; right: Mountpoint " + path.string());
  const Reply asked = trial.plugin().path(name);
  expect(asked.ok() && asked.text("Mountpoint") == path.string(), asked.story() + "; right: " + path.string());
}

void the_same_id_mounts_once(Trial& trial) {
  const std::string name = trial.new_volume(), id = mount_id();
  const fs::path path = trial.mount(name, id);
  const fs::path again = trial.mount(name, id);
  expect(again == path, "the second Mount answered " + again.string() + "; right: " + path.string());
  trial.expect_mounted(path, 1, "after two Mounts with one id");
}

void another_id_shares_the_mount(Trial& trial) {
  const std::string name = trial.new_volume();
  const fs::path path = trial.mount(name, mount_id());
  const fs::path other = trial.mount(name, mount_id());
  expect(other == path, "the second container got " + other.string() + "; right: " + path.string());
  trial.expect_mounted(path, 1, "after two Mounts with two ids");
}

void the_last_id_unmounts(Trial& trial) {
  const std::string name = trial.new_volume(), first = mount_id(), second = mount_id();
  const fs::path path = trial.mount(name, first);
  trial.mount(name, second);
  trial.unmount(name, first);
  trial.expect_mounted(path, 1, "after Unmount of one of two ids");
  const std::string problem = write_through(path / "file", "content");
  expect(problem.empty(), "writing after Unmount of one of two ids: " + problem);
  trial.unmount(name, second);
  trial.expect_released(path, "after Unmount of the last id");
  const Reply got = trial.plugin().get(name);
  expect(got.ok() && got.volume().value("Mountpoint", kNowhere) == kNowhere, got.story() + "; right: no Mountpoint");
}

void a_late_unmount_harms_nobody(Trial& trial) {
  const std::string name = trial.new_volume(), other = trial.new_volume(), id = mount_id();
  const fs::path path = trial.mount(name, id);
  trial.unmount(name, id);
  const fs::path other_path = trial.mount(other, mount_id());
  for (const Reply& reply : {trial.plugin().unmount(name, id), trial.plugin().unmount(other, mount_id()),
                             trial.plugin().unmount(trial.new_name(), id)}) {
    expect(reply.ok() || reply.is_error(), reply.story() + "; right: success or an Err");
  }
  trial.expect_mounted(path, 0, "after a second Unmount");
  trial.expect_mounted(other_path, 1, "after Unmount with an id that nobody has");
}

void expect_owner_and_mode(const fs::path& path, const std::string& when) {
  struct stat status {};
  expect(stat(path.c_str(), &status) == 0, when + ": cannot stat " + path.string());
  const bool right = status.st_uid == 1234 && status.st_gid == 4321 && (status.st_mode & 07777U) == 0770U;
  expect(right, when + ": the root of the file system has owner " + std::to_string(status.st_uid) + ":" +
                    std::to_string(status.st_gid) + " and decimal mode " + std::to_string(status.st_mode & 07777U) +
                    "; right: 1234:4321 and 504 (0770)");
}

void data_survive(Trial& trial) {
  const std::string name = trial.new_name(), id = mount_id();
  const std::string owner = trial.options().text("--owner-option"), mode = trial.options().text("--mode-option");
  json options = trial.options().volume_options;
  if (!owner.empty()) options[owner] = "1234:4321";
  if (!mode.empty()) options[mode] = "0770";
  expect_ok(trial.plugin().create(name, options));
  const fs::path path = trial.mount(name, id);
  if (!owner.empty() && !mode.empty()) {
    expect_owner_and_mode(path, "after the first Mount");
  } else {
    trial.note("options for owner and mode: needs --owner-option and --mode-option");
    expect(chown(path.c_str(), 1234, 4321) == 0 && chmod(path.c_str(), 0770) == 0, "chown or chmod does not work");
  }
  expect(write_through(path / "file", "content").empty(), "cannot write below " + path.string());
  trial.unmount(name, id);
  trial.expect_released(path, "after Unmount");
  const fs::path again = trial.mount(name, id);
  expect(read_file(again / "file") == "content", "what was written is not there after Unmount and Mount");
  expect_owner_and_mode(again, "after the second Mount");
}

void parallel_mounts_share_one(Trial& trial, const std::string& name) {
  std::vector<std::string> ids;
  for (int i = 0; i < 10; ++i) ids.push_back(mount_id());
  std::set<std::string> paths;
  for (const Reply& reply : at_once(ids.size(), [&](std::size_t i) { return trial.plugin().mount(name, ids[i]); })) {
    expect_ok(reply, "10 parallel Mounts of one volume");
    paths.insert(reply.text("Mountpoint"));
  }
  expect(paths.size() == 1, "10 parallel Mounts gave " + std::to_string(paths.size()) + " different paths");
  trial.expect_mounted(*paths.begin(), 1, "after 10 parallel Mounts");
  for (const Reply& reply : at_once(ids.size(), [&](std::size_t i) { return trial.plugin().unmount(name, ids[i]); }))
    expect_ok(reply, "10 parallel Unmounts of one volume");
  trial.expect_released(*paths.begin(), "after 10 parallel Unmounts");
}

/// Mounts and unmounts with one id until the time is over, and leaves it mounted or not by chance.
/// @return the last answer, or the first one that was no success
Reply storm(Plugin& plugin, const std::string& name, const std::string& id, double seconds, bool& mounted) {
  std::mt19937 random{std::random_device()()};
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  Reply reply;
  do {
    mounted = random() % 2 == 0;
    reply = mounted ? plugin.mount(name, id) : plugin.unmount(name, id);
  } while (reply.ok() && std::chrono::steady_clock::now() < end);
  return reply;
}

struct Client {
  std::string id = mount_id();
  bool mounted = false;
};

void storms_end_consistently(Trial& trial) {
  const std::string name = trial.new_volume(), steady = mount_id();
  parallel_mounts_share_one(trial, name);
  const fs::path path = trial.mount(name, steady);
  std::vector<Client> clients(6);
  const double seconds = trial.long_run() ? 30 : 2;
  const auto run = [&](std::size_t i) {
    return storm(trial.plugin(), name, clients[i].id, seconds, clients[i].mounted);
  };
  for (const Reply& reply : at_once(clients.size(), run)) expect_ok(reply, "success in a storm of Mount and Unmount");
  trial.expect_mounted(path, 1, "after the storm, with an id that was mounted all the time");
  trial.unmount(name, steady);
  for (const Reply& reply : at_once(clients.size(), run)) expect_ok(reply, "success in a storm of Mount and Unmount");
  const bool held = std::any_of(clients.begin(), clients.end(), [](const Client& client) { return client.mounted; });
  if (held) trial.expect_mounted(path, 1, "after the storm, with ids that ended mounted");
  for (const Client& client : clients) trial.unmount(name, client.id);
  trial.expect_released(path, "after the storm and an Unmount of every id");
}

void mount_of_the_unknown_fails(Trial& trial) {
  const auto before = entries(trial.propagated());
  expect_error(trial.plugin().mount(trial.new_name(), mount_id()), "an Err, because there is no such volume");
  expect(entries(trial.propagated()) == before, "a failed Mount left something in " + trial.propagated().string());
}

}  // namespace

std::vector<Case> mount_cases() {
  const std::vector<std::string> needs = {"--propagated"};
  return {
      {"C25", "Mount gives a writable mount point below the propagated directory", needs, a_mount_is_usable},
      {"C26", "Mount with the same id mounts once", needs, the_same_id_mounts_once},
      {"C27", "Mount with another id gives the same path", needs, another_id_shares_the_mount},
      {"C28", "Unmount of the last id unmounts, and no other", needs, the_last_id_unmounts},
      {"C29", "Unmount of what is not mounted harms nobody", needs, a_late_unmount_harms_nobody},
      {"C32", "data, owner and mode survive Unmount and Mount", needs, data_survive},
      {"C35", "parallel Mounts share a path, and storms end consistently", needs, storms_end_consistently},
      {"C37", "Mount of an unknown volume fails and leaves no directory", needs, mount_of_the_unknown_fails},
  };
}

}  // namespace volconf
