#include "loop_table.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

#include "hpe3par/base/error.h"
#include "hpe3par/base/unique_fd.h"

namespace hpe3par::host {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kDeleted = " (deleted)";

// Without the line end that sysfs adds. Not through a stream: reading an attribute of a device that ends just now fails
// with ENODEV, and iterators over a stream throw then.
std::optional<std::string> read_attribute(const fs::path& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 8192> bytes{};
  const ssize_t size = fd ? ::read(fd.get(), bytes.data(), bytes.size()) : -1;
  if (size <= 0) return std::nullopt;
  std::string text(bytes.data(), static_cast<std::size_t>(size));
  if (text.back() == '\n') text.pop_back();
  return text;
}

std::optional<LoopEntry> read_loop(const fs::path& directory) {
  const auto backing_file = read_attribute(directory / "loop" / "backing_file");
  const auto number = read_attribute(directory / "dev");
  const auto sequence = read_attribute(directory / "diskseq");
  if (!backing_file || !number || !sequence) return std::nullopt;
  LoopEntry entry;
  entry.device.path = "/dev/" + directory.filename().string();
  entry.device.number = *number;
  std::from_chars(sequence->data(), sequence->data() + sequence->size(), entry.device.disk_sequence);
  entry.backing_file = *backing_file;
  return entry;
}

bool is_wwn(const std::string& text) {
  return text.size() == 32 && text.find_first_not_of("0123456789ABCDEF") == std::string::npos;
}

bool is_component(const std::string& text) {
  return !text.empty() && text != "." && text != ".." && text.find('/') == std::string::npos;
}

// FNV-1a: stable between versions of this program, unlike std::hash.
std::uint64_t hash(std::string_view text) {
  std::uint64_t value = 0xcbf29ce484222325U;
  for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return value;
}

}  // namespace

std::vector<LoopEntry> read_loops(const fs::path& sysfs) {
  std::vector<LoopEntry> entries;
  std::error_code problem;
  for (const auto& directory : fs::directory_iterator(sysfs / "block", problem)) {
    if (!directory.path().filename().string().starts_with("loop")) continue;
    if (auto entry = read_loop(directory.path())) entries.push_back(std::move(*entry));
  }
  if (problem) {
    throw Error(ErrorKind::unavailable, "cannot read " + (sysfs / "block").string() + ": " + problem.message());
  }
  std::ranges::sort(entries, {}, [](const LoopEntry& entry) { return entry.device.disk_sequence; });
  return entries;
}

bool is_backed_by(std::string_view backing_file, const std::string& path) {
  if (!backing_file.starts_with(path)) return false;
  const auto rest = backing_file.substr(path.size());
  return rest.empty() || rest == kDeleted;
}

std::string_view backing_name(std::string_view backing_file) {
  if (backing_file.ends_with(kDeleted)) backing_file.remove_suffix(kDeleted.size());
  const auto slash = backing_file.rfind('/');
  return slash == std::string_view::npos ? backing_file : backing_file.substr(slash + 1);
}

fs::path lun_file(const AttachTarget& target) {
  if (!is_wwn(target.wwn)) {
    throw Error(ErrorKind::invalid_argument, "\"" + target.wwn + "\" is not a WWN of 32 upper-case hex digits");
  }
  if (!is_component(target.array_host)) {
    throw Error(ErrorKind::invalid_argument, "\"" + target.array_host + "\" is not a host name");
  }
  if (target.loop_dir.empty()) throw Error(ErrorKind::invalid_argument, "loop_dir is not set");
  std::error_code problem;
  const auto directory = fs::weakly_canonical(fs::absolute(target.loop_dir) / "exports" / target.array_host, problem);
  if (problem) {
    throw Error(ErrorKind::unavailable,
                "cannot resolve loop_dir " + target.loop_dir.string() + ": " + problem.message());
  }
  return directory / target.wwn;
}

std::string loop_name(const AttachTarget& target, const fs::path& file) {
  std::ostringstream name;
  name << target.wwn << '@' << std::hex << hash(file.string());
  return name.str();
}

}  // namespace hpe3par::host
