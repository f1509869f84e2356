#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "hpe3par/base/deadline.h"
#include "hpe3par/base/error.h"
#include "hpe3par/base/subprocess.h"
#include "hpe3par/base/unique_fd.h"
#include "hpe3par/base/uuid.h"
#include "hpe3par/host/file_systems.h"
#include "hpe3par/host/loop_attacher.h"

namespace hpe3par::host {

/// A child process in a mount namespace of its own, which ends with this object.
class OtherNamespace {
 public:
  /// Runs `act` in the child and returns when it is through; the child then waits.
  explicit OtherNamespace(const std::function<void()>& act);
  ~OtherNamespace() { end(); }
  OtherNamespace(const OtherNamespace&) = delete;
  OtherNamespace& operator=(const OtherNamespace&) = delete;
  void end();

 private:
  pid_t child_ = -1;
  UniqueFd alive_;
};

/// A directory that looks like the simulator's, real loop devices and real mounts; needs root. Afterwards nothing of it
/// is left on the machine.
class HostTest : public ::testing::Test {
 protected:
  HostTest();
  ~HostTest() override;

  AttachTarget target(int number) const;
  std::filesystem::path lun_path(const AttachTarget& lun) const;
  /// Makes the LUN file, sparse.
  AttachTarget add_lun(int number, std::uint64_t size_mib = 16) const;
  Device attach_new(int number, std::uint64_t size_mib = 16);
  Deadline soon(Millis budget = Millis(10000)) { return Deadline::after(clock_, budget); }
  std::string mountpoint(const std::string& name) const { return (root_ / "mounts" / name).string(); }

  static void write_at(const std::string& path, std::uint64_t offset, std::string_view bytes);
  static std::string read_at(const std::string& path, std::uint64_t offset, std::size_t size);
  static bool is_set_up(const Device& device);

  SystemClock clock_;
  const std::string uuid_ = make_uuid();  // the kernel mounts no two XFS of one uuid, and tests run side by side
  std::filesystem::path root_;
  std::unique_ptr<Attacher> attacher_ = make_loop_attacher();
  SystemCommandRunner runner_;
  std::unique_ptr<FileSystems> file_systems_ = make_file_systems(runner_);

 private:
  void unmount_all() const;
  void clear_loops() const;
};

/// The sentence of the Error that `act` must throw, of that kind.
std::string error_of(ErrorKind kind, const std::function<void()>& act);

}  // namespace hpe3par::host
