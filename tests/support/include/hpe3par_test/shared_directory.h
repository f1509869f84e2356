#pragma once

#include <gtest/gtest.h>
#include <sys/mount.h>

#include <filesystem>
#include <utility>

namespace hpe3par::test {

/// A directory that is a mount of its own, and a shared one, as / is where systemd runs.
class SharedDirectory {
 public:
  /// @param umount_flags with which it is unmounted in the end, as umount2(2) takes them
  explicit SharedDirectory(std::filesystem::path path, int umount_flags = 0)
      : path_(std::move(path)), umount_flags_(umount_flags) {
    std::filesystem::create_directories(path_);
    EXPECT_EQ(::mount(path_.c_str(), path_.c_str(), nullptr, MS_BIND, nullptr), 0);
    EXPECT_EQ(::mount(nullptr, path_.c_str(), nullptr, MS_SHARED, nullptr), 0);
  }
  ~SharedDirectory() { ::umount2(path_.c_str(), umount_flags_); }
  SharedDirectory(const SharedDirectory&) = delete;
  SharedDirectory& operator=(const SharedDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  int umount_flags_;
};

}  // namespace hpe3par::test
