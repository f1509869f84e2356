// C40 to C44: Remove.
#include <sys/mount.h>

#include <cerrno>
#include <cstring>

#include "cases.h"
#include "host.h"

namespace volconf {
namespace {

namespace fs = std::filesystem;

void expect_gone(Trial& trial, const std::string& name) {
  const Reply got = trial.plugin().get(name);
  expect(got.is_error() || (got.ok() && got.at("Volume").is_null()), got.story() + "; right: the volume is gone");
  expect(trial.times_listed(name) == 0, "List still has " + name + " after Remove");
}

void a_removed_volume_is_gone(Trial& trial) {
  const std::string name = trial.new_volume();
  expect_ok(trial.plugin().remove(name), "the volume is removed");
  expect_gone(trial, name);
  const Reply again = trial.plugin().remove(name);
  expect(again.ok() || again.is_error(), again.story() + "; right: success, or an Err that it is not found");
}

// The engine asks for it when a failed Get made it forget that the volume is in use.
void a_mounted_volume_is_not_removed(Trial& trial) {
  const std::string name = trial.new_volume();
  const fs::path path = trial.mount(name, mount_id());
  expect(write_through(path / "file", "content").empty(), "cannot write below " + path.string());
  expect_error(trial.plugin().remove(name), "an Err, because the volume is mounted");
  trial.expect_mounted(path, 1, "after a refused Remove");
  expect(write_through(path / "file2", "content").empty(), "after a refused Remove the volume is not writable");
  expect(read_file(path / "file") == "content", "after a refused Remove the data are not there");
  expect(trial.exists(name), "after a refused Remove Get does not find " + name);
}

void a_leaked_id_does_not_block_remove(Trial& trial) {
  const std::string name = trial.new_volume();
  const fs::path path = trial.mount(name, mount_id());
  expect(umount2(path.c_str(), 0) == 0, "umount " + path.string() + ": " + std::strerror(errno));
  expect_ok(trial.plugin().remove(name), "success: an id was never given up, but nothing is mounted");
  expect_gone(trial, name);
}

void a_name_can_be_used_again(Trial& trial) {
  const std::string name = trial.new_volume(), id = mount_id();
  const fs::path path = trial.mount(name, id);
  expect(write_through(path / "file", "content").empty(), "cannot write below " + path.string());
  trial.unmount(name, id);
  trial.expect_released(path, "after Unmount");
  expect_ok(trial.plugin().remove(name), "the volume is removed");
  expect_ok(trial.plugin().create(name, trial.options().volume_options), "a new volume of the same name");
  const fs::path again = trial.mount(name, id);
  expect(!fs::exists(again / "file"), "a new volume has the data of a removed one of the same name");
}

void a_volume_with_snapshots_is_not_lost(Trial& trial) {
  const std::string name = trial.new_volume();
  trial.run("--snapshot-command", name);
  const Reply reply = trial.plugin().remove(name);
  if (reply.ok()) return trial.note("Remove took the snapshots along: is that documented?");
  expect_error(reply, "an Err that lists the snapshots");
  expect(trial.exists(name), "after a refused Remove Get does not find " + name);
}

}  // namespace

std::vector<Case> remove_cases() {
  return {
      {"C40", "a removed volume is gone", {}, a_removed_volume_is_gone},
      {"C41", "a mounted volume is not removed", {"--propagated"}, a_mounted_volume_is_not_removed},
      {"C42", "a leaked mount id does not block Remove", {"--propagated"}, a_leaked_id_does_not_block_remove},
      {"C43", "a new volume of an old name is empty", {"--propagated"}, a_name_can_be_used_again},
      {"C44",
       "a volume with snapshots is refused or removed with them",
       {"--snapshot-command"},
       a_volume_with_snapshots_is_not_lost},
  };
}

}  // namespace volconf
