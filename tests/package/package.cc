#include "package.h"

#include <chrono>
#include <stdexcept>

#include "hpe3par_test/process.h"

namespace hpe3par::test {
namespace {

namespace fs = std::filesystem;

void run_or_throw(const std::vector<std::string>& argv, const fs::path& log) {
  const RunResult result = run(argv, log, std::chrono::minutes(2));
  if (!result.ok())
    throw std::runtime_error(argv.front() + ": " + to_string(result.status) + "\n" + result.output + result.errors);
}

}  // namespace

fs::path build_package(const fs::path& directory) {
  run_or_throw({HPE3PAR_SOURCE_DIR "/scripts/build-deb", directory, HPE3PAR_BUILD_DIR}, directory / "log");
  return directory / "hpe3pard_" HPE3PAR_VERSION "_amd64.deb";
}

fs::path with_version(const fs::path& package, const std::string& version, const fs::path& directory) {
  const fs::path tree = directory / "tree";
  const fs::path control = tree / "DEBIAN/control";
  fs::path result = directory / ("hpe3pard_" + version + "_amd64.deb");
  fs::create_directories(directory);
  run_or_throw({"dpkg-deb", "-R", package, tree}, directory / "log");
  run_or_throw({"sed", "-i", "s/^Version: .*/Version: " + version + "/", control}, directory / "log");
  run_or_throw({"dpkg-deb", "-b", "-Zgzip", tree, result}, directory / "log");
  return result;
}

}  // namespace hpe3par::test
