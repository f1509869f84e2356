#include "probe.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>

#include "block_device.h"
#include "format_marker.h"
#include "signatures.h"
#include "system_error.h"

namespace hpe3par::host {
namespace {

constexpr std::uint64_t kMiB = 1024 * 1024;
constexpr std::uint64_t kHead = 4 * kMiB;
constexpr std::uint64_t kTail = kMiB;
constexpr std::size_t kAlignment = 4096;

struct Range {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

std::array<Range, 2> ends_of(std::uint64_t size) {
  const std::uint64_t head_end = std::min(kHead, size);
  const std::uint64_t tail = size > kTail ? (size - kTail) / kAlignment * kAlignment : 0;
  return {Range{0, head_end}, Range{std::max(tail, head_end), size}};
}

/// 1 MiB, zeroed and aligned as direct I/O wants it.
class Buffer {
 public:
  Buffer() : data_(static_cast<char*>(std::aligned_alloc(kAlignment, kMiB)), &std::free) {
    if (!data_) throw std::bad_alloc();
    std::memset(data_.get(), 0, kMiB);
  }
  std::span<char> first(std::uint64_t size) { return {data_.get(), static_cast<std::size_t>(std::min(size, kMiB))}; }

 private:
  std::unique_ptr<char, decltype(&std::free)> data_;
};

bool range_is_zero(const Device& device, int fd, Range range, Buffer& buffer) {
  while (range.begin < range.end) {
    const auto chunk = buffer.first(range.end - range.begin);
    const ssize_t size = ::pread(fd, chunk.data(), chunk.size(), static_cast<off_t>(range.begin));
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) throw_unavailable("read " + device.path);
    if (size == 0) throw Error(ErrorKind::unavailable, device.path + " ends before its size");
    const auto read = chunk.first(static_cast<std::size_t>(size));
    if (std::any_of(read.begin(), read.end(), [](char c) { return c != 0; })) return false;
    range.begin += read.size();
  }
  return true;
}

void zero_range(const Device& device, int fd, Range range, Buffer& buffer) {
  while (range.begin < range.end) {
    const auto chunk = buffer.first(range.end - range.begin);
    const ssize_t size = ::pwrite(fd, chunk.data(), chunk.size(), static_cast<off_t>(range.begin));
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) throw_unavailable("write " + device.path, size == 0 ? EIO : errno);
    range.begin += static_cast<std::uint64_t>(size);
  }
}

// A page cache that is older than the medium must not answer.
void drop_cache(const Device& device, int fd) {
  if (::ioctl(fd, BLKFLSBUF, 0) != 0) throw_unavailable("drop the cache of " + device.path);
}

// Direct I/O, or plain reads behind a dropped cache where the device refuses it.
UniqueFd open_uncached(int fd) {
  UniqueFd direct(::open(("/proc/self/fd/" + std::to_string(fd)).c_str(), O_RDONLY | O_DIRECT | O_CLOEXEC));
  Buffer buffer;
  const auto page = buffer.first(kAlignment);
  if (direct && (::pread(direct.get(), page.data(), page.size(), 0) >= 0 || errno != EINVAL)) return direct;
  return UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
}

Content foreign(std::string words) {
  return {Content::Kind::foreign, std::move(words), {}};
}

}  // namespace

Content judge(const Signatures& found, bool zero, const std::optional<std::string>& marker) {
  if (found.result == Signatures::Result::several) return foreign("several signatures");
  if (found.result == Signatures::Result::none) {
    if (zero) return {Content::Kind::blank, {}, {}};
    if (marker) return {Content::Kind::half_made, {}, *marker};
    return foreign("unknown data");
  }
  if (!found.partition_table.empty()) return foreign("partition table (" + found.partition_table + ")");
  if (found.type.empty()) return foreign("unknown signature");
  if (found.bad_checksum) return foreign(found.type + " with a bad checksum");
  if (found.usage != "filesystem") return foreign(found.type);
  if (marker && *marker == found.uuid) return {Content::Kind::half_made, found.type, found.uuid};
  return {Content::Kind::file_system, found.type, found.uuid};
}

Content probe_device(const Device& device, int fd) {
  block_device_size(device, fd);
  drop_cache(device, fd);
  const auto found = read_signatures(device, fd);
  const bool zero = found.result == Signatures::Result::none && ends_are_zero(device, fd);
  return judge(found, zero, read_marker(device, fd));
}

bool ends_are_zero(const Device& device, int fd) {
  const UniqueFd uncached = open_uncached(fd);
  if (!uncached) throw_unavailable("open " + device.path);
  Buffer buffer;
  const auto ends = ends_of(block_device_size(device, fd));
  return std::all_of(ends.begin(), ends.end(),
                     [&](const Range& range) { return range_is_zero(device, uncached.get(), range, buffer); });
}

void zero_ends(const Device& device, int fd) {
  Buffer buffer;
  for (const auto& range : ends_of(block_device_size(device, fd))) zero_range(device, fd, range, buffer);
  flush_block_device(device, fd);
}

}  // namespace hpe3par::host
