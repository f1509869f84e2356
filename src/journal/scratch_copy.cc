#include "scratch_copy.h"

#include <stdlib.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "hpe3par/base/error.h"

namespace hpe3par::journal {
namespace {

namespace fs = std::filesystem;

fs::path make_directory() {
  for (const char* parent : {"/run", "/dev/shm", "/tmp"}) {
    std::string path = std::string(parent) + "/hpe3pard-journal-XXXXXX";
    if (::mkdtemp(path.data()) != nullptr) return path;
  }
  throw Error(ErrorKind::unavailable, "no directory for a copy of it: " + std::generic_category().message(errno));
}

}  // namespace

ScratchCopy::ScratchCopy(const fs::path& directory) : directory_(make_directory()) {
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
