#include "format_marker.h"

#include <unistd.h>

#include <string_view>

#include "block_device.h"
#include "hpe3par/base/uuid.h"
#include "system_error.h"

namespace hpe3par::host {
namespace {

constexpr std::uint64_t kSmallest = 8 * 1024 * 1024;
constexpr std::uint64_t kFromEnd = 512 * 1024;  // within the tail that probe and wipe look at, before what mkfs zeroes
constexpr std::size_t kSector = 512;
constexpr std::string_view kText = "hpe3pard is making the file system ";
constexpr std::size_t kUuidLength = 36;

// Absent: too small a device.
std::optional<off_t> place_of(const Device& device, int fd) {
  const std::uint64_t size = block_device_size(device, fd);
  if (size < kSmallest) return std::nullopt;
  return static_cast<off_t>((size - kFromEnd) / 4096 * 4096);
}

void write_sector(const Device& device, int fd, off_t place, std::string sector) {
  sector.resize(kSector, '\0');
  if (::pwrite(fd, sector.data(), sector.size(), place) != static_cast<ssize_t>(sector.size())) {
    throw_unavailable("write " + device.path);
  }
  flush_block_device(device, fd);
}

}  // namespace

void write_marker(const Device& device, int fd, const std::string& fs_uuid) {
  if (const auto place = place_of(device, fd)) write_sector(device, fd, *place, std::string(kText) + fs_uuid);
}

std::optional<std::string> read_marker(const Device& device, int fd) {
  const auto place = place_of(device, fd);
  if (!place) return std::nullopt;
  std::string sector(kSector, '\0');
  if (::pread(fd, sector.data(), sector.size(), *place) != static_cast<ssize_t>(sector.size())) {
    throw_unavailable("read " + device.path);
  }
  if (!sector.starts_with(kText)) return std::nullopt;
  const std::string uuid = sector.substr(kText.size(), kUuidLength);
  const bool alone = sector.find_first_not_of('\0', kText.size() + kUuidLength) == std::string::npos;
  if (!alone || !is_uuid(uuid)) return std::nullopt;
  return uuid;
}

void erase_marker(const Device& device, int fd) {
  if (read_marker(device, fd)) write_sector(device, fd, *place_of(device, fd), {});
}

}  // namespace hpe3par::host
