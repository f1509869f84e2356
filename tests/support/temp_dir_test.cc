#include "hpe3par_test/temp_dir.h"

#include <gtest/gtest.h>

#include "hpe3par_test/process.h"

namespace hpe3par::test {
namespace {

namespace fs = std::filesystem;

TEST(TempDir, IsRemovedWithItsContent) {
  fs::path path;
  {
    const TempDir directory;
    path = directory.path();
    fs::create_directories(directory / "a/b");
    write_file(directory / "a/b/file", "x");
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(TempDir, DoesNotFollowLinks) {
  const TempDir other;
  write_file(other / "file", "x");
  {
    const TempDir directory;
    fs::create_directory_symlink(other.path(), directory / "link");
  }
  EXPECT_TRUE(fs::exists(other / "file"));
}

TEST(IsBelow, ComparesWholeComponents) {
  EXPECT_TRUE(is_below("/tmp/a", "/tmp/a"));
  EXPECT_TRUE(is_below("/tmp/a/b", "/tmp/a"));
  EXPECT_FALSE(is_below("/tmp/ab", "/tmp/a"));
}

}  // namespace
}  // namespace hpe3par::test
