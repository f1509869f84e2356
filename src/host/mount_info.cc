#include "hpe3par/host/mount_info.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>

#include "hpe3par/base/error.h"
#include "hpe3par/base/unique_fd.h"
#include "mount_table.h"
#include "system_error.h"

namespace hpe3par::host {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kShared = "shared:";
constexpr std::string_view kMaster = "master:";

bool is_octal(char c) {
  return c >= '0' && c <= '7';
}

std::string decode(std::string_view field) {
  std::string text;
  for (std::size_t i = 0; i < field.size(); ++i) {
    if (field[i] == '\\' && i + 3 < field.size() && std::all_of(&field[i + 1], &field[i + 1] + 3, is_octal)) {
      text += static_cast<char>((field[i + 1] - '0') * 64 + (field[i + 2] - '0') * 8 + (field[i + 3] - '0'));
      i += 3;
    } else {
      text += field[i];
    }
  }
  return text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const auto end = std::min(text.find(separator), text.size());
    if (end != 0 || separator != ' ') parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

bool parse_number(std::string_view text, int& number) {
  const auto [stop, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  return problem == std::errc{} && stop == text.data() + text.size();
}

// id parent major:minor root mountpoint options [optional…] - type source super-options
std::optional<MountEntry> parse_line(std::string_view line) {
  constexpr std::size_t kBeforeOptional = 6;
  const auto fields = split(line, ' ');
  if (fields.size() < kBeforeOptional) return std::nullopt;
  const auto dash = std::find(fields.begin() + kBeforeOptional, fields.end(), "-");
  if (fields.end() - dash < 4) return std::nullopt;
  MountEntry entry;
  if (!parse_number(fields[0], entry.id) || !parse_number(fields[1], entry.parent)) return std::nullopt;
  entry.device_number = fields[2];
  entry.root = decode(fields[3]);
  entry.mountpoint = decode(fields[4]);
  entry.options = fields[5];
  for (auto field = fields.begin() + kBeforeOptional; field != dash; ++field) {
    if (field->starts_with(kShared)) parse_number(field->substr(kShared.size()), entry.peer_group);
    if (field->starts_with(kMaster)) parse_number(field->substr(kMaster.size()), entry.master);
  }
  entry.type = decode(dash[1]);
  entry.source = decode(dash[2]);
  entry.super_options = decode(dash[3]);
  return entry;
}

/// With the mount's id, by which one namespace differs from another.
std::string first_line(const fs::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

}  // namespace

std::vector<MountEntry> parse_mount_info(std::string_view text) {
  std::vector<MountEntry> entries;
  for (const auto line : split(text, '\n')) {
    if (auto entry = parse_line(line)) entries.push_back(std::move(*entry));
  }
  return entries;
}

std::vector<MountEntry> read_mount_info(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) throw_unavailable("open " + path);
  std::string text;
  std::array<char, 65536> buffer{};
  while (true) {
    const ssize_t size = ::read(fd.get(), buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) throw_unavailable("read " + path);
    if (size == 0) return parse_mount_info(text);
    text.append(buffer.data(), static_cast<std::size_t>(size));
  }
}

std::optional<MountEntry> topmost_at(const std::vector<MountEntry>& entries, const std::string& mountpoint) {
  std::optional<MountEntry> top;
  for (const auto& entry : entries) {
    if (entry.mountpoint != mountpoint) continue;
    const bool covered = std::any_of(entries.begin(), entries.end(), [&](const MountEntry& other) {
      return other.mountpoint == mountpoint && other.parent == entry.id && other.id != entry.id;
    });
    if (!covered) top = entry;
  }
  return top;
}

bool is_copy_of(const MountEntry& entry, const MountEntry& original) {
  return entry.device_number == original.device_number && entry.root == original.root && original.peer_group != 0 &&
         (entry.peer_group == original.peer_group || entry.master == original.peer_group);
}

bool is_mounted_in_another_namespace(const std::string& device_number, const std::string& mountpoint) {
  const std::optional<MountEntry> ours = topmost_at(read_mount_info(), mountpoint);
  const auto goes_with_ours = [&](const MountEntry& entry) {
    return entry.mountpoint == mountpoint || (ours && is_copy_of(entry, *ours));
  };
  std::error_code problem;
  std::set<fs::path> seen = {fs::read_symlink("/proc/self/ns/mnt", problem)};
  for (const auto& process : fs::directory_iterator("/proc", problem)) {
    fs::path ns = fs::read_symlink(process.path() / "ns" / "mnt", problem);
    // Of one with more capabilities than ours: which namespace it has is not told, what is mounted there is.
    const bool is_secret = problem == std::errc::permission_denied || problem == std::errc::operation_not_permitted;
    if (is_secret) ns = first_line(process.path() / "mountinfo");
    if ((problem && !is_secret) || !seen.insert(ns).second) continue;  // no process, or it has ended
    try {
      for (const MountEntry& entry : read_mount_info((process.path() / "mountinfo").string()))
        if (entry.device_number == device_number && !goes_with_ours(entry)) return true;
    } catch (const Error&) {
      seen.erase(ns);  // it has ended meanwhile; another one may show the same
    }
  }
  return false;
}

}  // namespace hpe3par::host
