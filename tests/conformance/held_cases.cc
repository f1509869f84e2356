// C30, C31, C33, C34, C36, C38 and C39: mounts that somebody holds, and what breaks in the middle.
#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <thread>

#include "cases.h"
#include "host.h"

namespace volconf {
namespace {

namespace fs = std::filesystem;

void expect_usable(Holder& holder, const std::string& when) {
  const std::string problem = holder.use();
  expect(problem.empty(), when + ": the container cannot use its volume: " + problem);
}

void expect_writable(const fs::path& path, const std::string& when) {
  const std::string problem = write_through(path / "probe", "content");
  expect(problem.empty(), when + ": writing below " + path.string() + ": " + problem);
}

/// Mounted again, written to, and unmounted: nothing of the past stands in the way.
void expect_works(Trial& trial, const std::string& name, const std::string& when) {
  const std::string id = mount_id();
  const fs::path path = trial.mount(name, id);
  trial.expect_mounted(path, 1, when);
  expect_writable(path, when);
  trial.unmount(name, id);
  trial.expect_released(path, when);
}

// `docker cp` sends Mount and Unmount with the id that the running container holds.
void a_copy_does_not_take_the_volume_away(Trial& trial) {
  const std::string name = trial.new_volume(), id = mount_id();
  const fs::path path = trial.mount(name, id);
  {
    Holder container(path);
    trial.mount(name, id);
    trial.plugin().unmount(name, id);
    for (int i = 0; i < 5; ++i) {
      expect_usable(container, "Mount, Mount, Unmount with one id");
      std::this_thread::sleep_for(Millis(200));
    }
  }
  trial.plugin().unmount(name, id);
  trial.expect_released(path, "the container has ended, and Unmount");
  expect_works(trial, name, "after that");
}

void failed_copies_leave_no_mount(Trial& trial) {
  const std::string name = trial.new_volume(), id = mount_id();
  fs::path path;
  for (int i = 0; i < 7; ++i) path = trial.mount(name, id);
  trial.unmount(name, id);
  const bool released = eventually(trial.limit(10), [&] { return times_mounted(path) == 0; });
  if (!released) trial.note("released by Remove only");
  expect_ok(trial.plugin().remove(name), "7 Mounts and one Unmount with one id do not stand in the way of Remove");
  trial.expect_released(path, "7 Mounts and one Unmount with one id, and Remove");
}

void mounts_survive_a_crash(Trial& trial) {
  for (const bool mount_again : {true, false}) {
    const std::string name = trial.new_volume(), id = mount_id();
    const fs::path path = trial.mount(name, id);
    expect_writable(path, "before the crash");
    trial.restart();
    if (mount_again) {
      const fs::path again = trial.mount(name, id);
      trial.expect_mounted(again, 1, "Mount with the old id after a crash");
      expect(read_file(again / "probe") == "content", "after a crash the data of " + name + " are not there");
    }
    trial.unmount(name, id);
    trial.expect_released(path, "Unmount of the old id after a crash");
  }
}

// What the engine does to the mounts of a plugin that it disables.
void lazy_unmounts_are_healed(Trial& trial) {
  const std::string name = trial.new_volume(), id = mount_id();
  const fs::path path = trial.mount(name, id);
  {
    Holder container(path);
    expect(umount2(path.c_str(), MNT_DETACH) == 0, "umount -l " + path.string() + ": " + std::strerror(errno));
    trial.restart();
    const fs::path again = trial.mount(name, id);
    trial.expect_mounted(again, 1, "Mount after a lazy unmount and a crash");
    expect_writable(again, "Mount after a lazy unmount and a crash");
    expect_usable(container, "a container from before the lazy unmount");
    trial.plugin().unmount(name, id);
  }
  trial.expect_released(path, "the container has ended, and Unmount");
}

void an_abandoned_mount_is_undone(Trial& trial) {
  const std::string name = trial.new_volume();
  expect_works(trial, name, "before the storage became slow");
  const auto before = mounts_below(trial.propagated());
  trial.run("--backend-slow-command");
  {
    const Connection connection(trial.plugin().socket());
    const nlohmann::json body = {{"Name", name}, {"ID", mount_id()}};
    connection.send(request_text("/VolumeDriver.Mount", body.dump() + "\n"));
    std::this_thread::sleep_for(std::chrono::seconds(1));
    if (mounts_below(trial.propagated()) != before) trial.note("the Mount was over before its caller hung up");
  }
  std::this_thread::sleep_for(std::chrono::seconds(3));
  trial.backend_up();
  std::this_thread::sleep_for(std::chrono::seconds(trial.long_run() ? 30 : 5));
  expect(mounts_below(trial.propagated()) == before,
         "the caller of Mount hung up after 1 s, and later the volume is mounted; right: undone, as nobody will send "
         "Unmount");
  expect_works(trial, name, "after an abandoned Mount");
}

void a_failed_attach_is_undone(Trial& trial) {
  const std::string name = trial.new_volume();
  const auto mounts = mounts_below(trial.propagated());
  const auto directories = entries(trial.propagated());
  trial.run("--attach-fails-command");
  expect_error(trial.plugin().mount(name, mount_id()), "an Err, because the storage refuses to attach");
  expect(mounts_below(trial.propagated()) == mounts, "a failed Mount left a mount");
  expect(entries(trial.propagated()) == directories, "a failed Mount left something in " + trial.propagated().string());
  trial.backend_up();
  expect_works(trial, name, "after a failed attach");
}

void open_files_are_not_cut_off(Trial& trial) {
  const std::string name = trial.new_volume(), id = mount_id();
  const fs::path path = trial.mount(name, id);
  const int fd = open((path / "open").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  expect(fd >= 0, "cannot open a file below " + path.string());
  const Reply reply = trial.plugin().unmount(name, id);
  const bool works = write(fd, "content", 7) == 7 && fsync(fd) == 0;
  const std::string problem = works ? "" : std::strerror(errno);
  close(fd);
  expect(reply.ok() || reply.is_error(), reply.story() + "; right: an Err, or released later");
  expect(works, "Unmount with an open file: writing to it: " + problem + "; right: no forced unmount");
  const bool released = eventually(trial.limit(10), [&] { return times_mounted(path) == 0; });
  if (!released) expect_ok(trial.plugin().unmount(name, id), "Unmount again, with the file closed");
  trial.expect_released(path, "the file was closed, after Unmount");
}

}  // namespace

std::vector<Case> held_cases() {
  return {
      {"C30",
       "docker cp does not take a volume away from its container",
       {"--propagated"},
       a_copy_does_not_take_the_volume_away},
      {"C31", "failed copies leave no mount behind", {"--propagated"}, failed_copies_leave_no_mount},
      {"C33",
       "mounts survive a crash of the plugin",
       {"--propagated", "--crash-command", "--start-command"},
       mounts_survive_a_crash},
      {"C34",
       "Mount works after a lazy unmount and a crash",
       {"--propagated", "--crash-command", "--start-command"},
       lazy_unmounts_are_healed},
      {"C36",
       "a Mount whose caller hung up is undone",
       {"--propagated", "--backend-slow-command", "--backend-up-command"},
       an_abandoned_mount_is_undone},
      {"C38",
       "a failed attach leaves nothing, and the next Mount works",
       {"--propagated", "--attach-fails-command", "--backend-up-command"},
       a_failed_attach_is_undone},
      {"C39", "Unmount does not cut off open files", {"--propagated"}, open_files_are_not_cut_off},
  };
}

}  // namespace volconf
