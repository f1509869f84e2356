#include "hpe3par_test/temp_dir.h"

#include <ftw.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <stdexcept>
#include <string>

#include "hpe3par_test/mounts.h"

namespace hpe3par::test {
namespace {

namespace fs = std::filesystem;

int remove_entry(const char* path, const struct stat* /*status*/, int /*type*/, FTW* /*position*/) {
  return ::remove(path) == 0 ? 0 : -1;
}

/// Stays on the directory's own file system and follows no links.
bool remove_tree(const fs::path& directory) {
  constexpr int kOpenDirectories = 32;
  return ::nftw(directory.c_str(), remove_entry, kOpenDirectories, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) == 0;
}

}  // namespace

TempDir::TempDir() {
  const char* parent = std::getenv("TMPDIR");
  std::string name = std::string(parent != nullptr && *parent != '\0' ? parent : "/tmp") + "/hpe3par-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a directory like " + name);
  path_ = fs::canonical(name);
}

TempDir::~TempDir() {
  if (std::getenv("HPE3PAR_KEEP") != nullptr) {
    std::fprintf(stderr, "kept: %s\n", path_.c_str());
    return;
  }
  if (const auto mounts = mounts_below({path_}); !mounts.empty()) {
    ADD_FAILURE() << "still mounted in " << path_ << ": " << mounts.front();
    unmount_below(path_);
    detach_loop_devices_below(path_);
    if (!mounts_below({path_}).empty()) return;
  }
  if (fs::exists(path_) && !remove_tree(path_)) ADD_FAILURE() << "cannot remove all of " << path_;
}

bool is_below(const fs::path& path, const fs::path& directory) {
  const std::string inner = path.string();
  const std::string outer = directory.string();
  return inner == outer || inner.starts_with(outer + "/");
}

}  // namespace hpe3par::test
