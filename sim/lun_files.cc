#include "lun_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <vector>

#include "hpe3par/base/unique_fd.h"
#include "sparse_copy.h"

namespace hpe3par::sim {
namespace fs = std::filesystem;
namespace {

constexpr std::int64_t kBytesPerMib = 1024 * 1024;

bool looks_like_wwn(const std::string& name) {
  return name.size() == 32 && name.find_first_not_of("0123456789ABCDEF") == std::string::npos;
}

std::vector<fs::path> entries_of(const fs::path& directory) {
  if (!fs::is_directory(directory)) return {};
  return {fs::directory_iterator(directory), fs::directory_iterator()};
}

void remove_luns(const fs::path& directory) {
  for (const fs::path& entry : entries_of(directory))
    if (looks_like_wwn(entry.filename().string())) fs::remove(entry);
}

[[noreturn]] void fail(const char* what, const fs::path& path) {
  throw fs::filesystem_error(what, path, std::error_code(errno, std::generic_category()));
}

// The largest file of ext4 is one block short of the largest volume (16 TiB); that one is made as large as it gets.
bool set_size(int fd, std::int64_t size_mib) {
  constexpr std::int64_t kBlock = 64 * 1024;
  const std::int64_t bytes = size_mib * kBytesPerMib;
  return ::ftruncate(fd, bytes) == 0 || (errno == EFBIG && ::ftruncate(fd, bytes - kBlock) == 0);
}

void resize(const fs::path& path, int flags, std::int64_t size_mib) {
  const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC | flags, 0600));
  if (!fd) fail("cannot open", path);
  if (set_size(fd.get(), size_mib)) return;
  const int error = errno;
  if ((flags & O_CREAT) != 0) ::unlink(path.c_str());  // a repeated request must not find it
  errno = error;
  fail("cannot resize", path);
}

// Under a name that remove_luns() leaves alone, so that it must not outlive the call.
void link_over(const fs::path& source, const fs::path& name) {
  const fs::path temporary = name.string() + ".new";
  fs::remove(temporary);
  fs::create_hard_link(source, temporary);
  std::error_code error;
  fs::rename(temporary, name, error);
  fs::remove(temporary);  // rename() does nothing where both are the same file
  if (error) throw fs::filesystem_error("cannot rename", temporary, name, error);
}

}  // namespace

LunFiles::LunFiles(fs::path root) : root_(std::move(root)) {
  remove_everything();
  fs::create_directories(root_ / "volumes");
  fs::create_directories(root_ / "exports");
  fs::create_directories(root_ / "incoming");
  fs::create_directories(root_ / "pictures");
}

void LunFiles::create(const std::string& wwn, std::int64_t size_mib) {
  resize(volume(wwn), O_CREAT | O_EXCL, size_mib);
}

void LunFiles::grow(const std::string& wwn, std::int64_t size_mib) {
  resize(volume(wwn), 0, size_mib);
}

void LunFiles::remove(const std::string& wwn) {
  stop_receiving(wwn);
  unprotect(wwn);
  fs::remove(volume(wwn));
}

void LunFiles::change_wwn(const std::string& from, const std::string& to) {
  unprotect(from);
  fs::rename(volume(from), volume(to));
}

std::int64_t LunFiles::written_mib(const std::string& wwn) const {
  constexpr std::int64_t kStatBlock = 512;
  struct stat info {};
  if (::stat(volume(wwn).c_str(), &info) != 0) return 0;
  return (static_cast<std::int64_t>(info.st_blocks) * kStatBlock + kBytesPerMib - 1) / kBytesPerMib;
}

// To those that are to see the volume.
void LunFiles::show(const std::string& wwn, const fs::path& file) {
  for (const fs::path& directory : entries_of(root_ / "exports"))
    if (fs::exists(directory / wwn)) link_over(file, directory / wwn);
}

void LunFiles::replace(const std::string& wwn, const fs::path& by) {
  link_over(by, volume(wwn));
  if (!protected_.contains(wwn)) show(wwn, by);
}

void LunFiles::share(const std::string& wwn, const fs::path& source) {
  stop_receiving(wwn);
  if (!fs::equivalent(volume(wwn), source)) replace(wwn, source);
}

void LunFiles::unshare(const std::string& wwn, const fs::path& other) {
  if (!fs::exists(volume(wwn)) || !fs::exists(other) || !fs::equivalent(volume(wwn), other)) return;
  receive(wwn, other);
  finish_receiving(wwn);
}

void LunFiles::receive(const std::string& wwn, const fs::path& source) {
  copy_sparse(source, incoming(wwn));
}

bool LunFiles::finish_receiving(const std::string& wwn) {
  if (!fs::exists(incoming(wwn))) return false;
  replace(wwn, incoming(wwn));
  fs::remove(incoming(wwn));
  return true;
}

void LunFiles::stop_receiving(const std::string& wwn) {
  fs::remove(incoming(wwn));
}

void LunFiles::protect(const std::string& wwn) {
  if (protected_.contains(wwn)) return;
  link_over(volume(wwn), picture(wwn));
  fs::permissions(picture(wwn), fs::perms::owner_read);
  protected_[wwn] = fs::last_write_time(picture(wwn));
  receive(wwn, picture(wwn));
  finish_receiving(wwn);
}

void LunFiles::unprotect(const std::string& wwn) {
  if (protected_.erase(wwn) == 0) return;
  show(wwn, volume(wwn));
  fs::remove(picture(wwn));
}

bool LunFiles::was_written_despite(const std::string& wwn) const {
  const auto known = protected_.find(wwn);
  return known != protected_.end() && fs::last_write_time(picture(wwn)) > known->second;
}

void LunFiles::export_to(const std::string& host_name, const std::string& wwn) {
  fs::create_directories(host(host_name));
  std::error_code error;
  fs::create_hard_link(protected_.contains(wwn) ? picture(wwn) : volume(wwn), host(host_name) / wwn, error);
  if (error && error != std::errc::file_exists) throw fs::filesystem_error("cannot link", host(host_name) / wwn, error);
}

void LunFiles::unexport(const std::string& host_name, const std::string& wwn) {
  fs::remove(host(host_name) / wwn);
  std::error_code still_used;
  fs::remove(host(host_name), still_used);
}

void LunFiles::remove_all_exports() {
  for (const fs::path& directory : entries_of(root_ / "exports")) {
    remove_luns(directory);
    std::error_code not_empty;
    fs::remove(directory, not_empty);
  }
}

void LunFiles::remove_everything() {
  remove_all_exports();
  remove_luns(root_ / "volumes");
  remove_luns(root_ / "incoming");
  remove_luns(root_ / "pictures");
  protected_.clear();
}

}  // namespace hpe3par::sim
