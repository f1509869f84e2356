#include "scratch_copy.h"

#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>

#include "hpe3par/base/error.h"

namespace hpe3par::journal {
namespace {

namespace fs = std::filesystem;

constexpr const char* kParents[] = {"/run", "/dev/shm", "/tmp"};
constexpr std::string_view kName = "hpe3pard-journal-";

// Of processes that were killed while they had one: the name has their pid.
void remove_left_copies() {
  for (const char* parent : kParents) {
    std::error_code problem;
    for (const auto& entry : fs::directory_iterator(parent, problem)) {
      const std::string name = entry.path().filename().string();
      if (!name.starts_with(kName)) continue;
      const std::string pid = name.substr(kName.size(), name.find('-', kName.size()) - kName.size());
      if (!fs::exists("/proc/" + pid, problem)) fs::remove_all(entry.path(), problem);
    }
  }
}

fs::path make_directory() {
  for (const char* parent : kParents) {
    std::string path = std::string(parent) + "/" + std::string(kName) + std::to_string(::getpid()) + "-XXXXXX";
    if (::mkdtemp(path.data()) != nullptr) return path;
  }
  throw Error(ErrorKind::unavailable, "no directory for a copy of it: " + std::generic_category().message(errno));
}

}  // namespace

ScratchCopy::ScratchCopy(const fs::path& directory) : directory_(make_directory()) {
  remove_left_copies();
  for (const char* name : {"journal.db", "journal.db-wal", "delivered"}) {
    std::error_code problem;
    if (!fs::exists(directory / name, problem)) continue;
    fs::copy_file(directory / name, directory_ / name, problem);
    if (!problem) continue;
    std::error_code ignored;
    fs::remove_all(directory_, ignored);
    throw Error(ErrorKind::unavailable, "cannot copy " + (directory / name).string() + ": " + problem.message());
  }
}

ScratchCopy::~ScratchCopy() {
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

}  // namespace hpe3par::journal
