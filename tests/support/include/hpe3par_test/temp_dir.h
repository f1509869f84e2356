#pragma once

#include <filesystem>

namespace hpe3par::test {

/// A directory of its own below $TMPDIR or /tmp, removed in the destructor.
///
/// Something still mounted at or below it is a test failure. It is unmounted then; if that does not work, nothing at
/// all is removed: following a mount could delete what was only visible there. HPE3PAR_KEEP=1 in the environment keeps
/// it.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::filesystem::path& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

/// True if `path` is `directory` or lies below it; both absolute.
bool is_below(const std::filesystem::path& path, const std::filesystem::path& directory);

}  // namespace hpe3par::test
