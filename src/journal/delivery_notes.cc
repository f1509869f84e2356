#include "delivery_notes.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <optional>
#include <string_view>

#include "hpe3par/base/log.h"

namespace hpe3par::journal {
namespace {

// Ids are whatever a caller sent; in hexadecimal they fit on a line.
std::string to_hex(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    hex += kDigits[byte >> 4U];
    hex += kDigits[byte & 0x0fU];
  }
  return hex;
}

std::optional<std::string> from_hex(std::string_view hex) {
  if (hex.empty() || hex.size() % 2 != 0) return std::nullopt;
  std::string text;
  for (; !hex.empty(); hex.remove_prefix(2)) {
    unsigned byte = 0;
    const auto [end, error] = std::from_chars(hex.data(), hex.data() + 2, byte, 16);
    if (error != std::errc() || end != hex.data() + 2) return std::nullopt;
    text += static_cast<char>(byte);
  }
  return text;
}

std::string read_all(int fd) {
  std::string text;
  std::array<char, 16 * 1024> bytes;
  for (ssize_t count = 0; (count = ::read(fd, bytes.data(), bytes.size())) > 0;)
    text.append(bytes.data(), static_cast<std::size_t>(count));
  return text;
}

constexpr std::string_view kTakenBack = "-";

DeliveryNotes::Notes parse_notes(std::string_view text) {
  DeliveryNotes::Notes notes;
  for (std::size_t end = 0; (end = text.find('\n')) != std::string_view::npos; text.remove_prefix(end + 1)) {
    std::string_view line = text.substr(0, end);
    const bool taken_back = line.starts_with(kTakenBack);
    if (taken_back) line.remove_prefix(kTakenBack.size());
    const std::size_t blank = line.find(' ');
    if (blank == std::string_view::npos) continue;
    const auto uuid = from_hex(line.substr(0, blank));
    const auto id = from_hex(line.substr(blank + 1));
    if (!uuid || !id) continue;
    if (taken_back) {
      notes.erase({*uuid, *id});
    } else {
      notes.emplace(*uuid, *id);
    }
  }
  return notes;
}

}  // namespace

DeliveryNotes::DeliveryNotes(const std::filesystem::path& file)
    : fd_(::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {
  if (!fd_) log(LogLevel::warning, "answered mounts cannot be noted", {{"file", file.string()}});
  if (fd_) left_ = parse_notes(read_all(fd_.get()));
}

void DeliveryNotes::clear() {
  const std::lock_guard hold(mutex_);
  left_.clear();
  empty_if_done();
}

void DeliveryNotes::add(const std::string& uuid, const std::string& id) {
  const std::lock_guard hold(mutex_);
  open_.emplace(uuid, id);
  write("", uuid, id);
}

void DeliveryNotes::take_back(const std::string& uuid, const std::string& id) {
  const std::lock_guard hold(mutex_);
  if (open_.erase({uuid, id}) == 0) return;
  write(std::string(kTakenBack), uuid, id);
  empty_if_done();
}

void DeliveryNotes::done(const std::string& uuid, const std::string& id) {
  const std::lock_guard hold(mutex_);
  if (open_.erase({uuid, id}) > 0) empty_if_done();
}

void DeliveryNotes::done(const std::string& uuid) {
  const std::lock_guard hold(mutex_);
  if (std::erase_if(open_, [&](const auto& note) { return note.first == uuid; }) > 0) empty_if_done();
}

void DeliveryNotes::write(const std::string& mark, const std::string& uuid, const std::string& id) {
  const std::string line = mark + to_hex(uuid) + " " + to_hex(id) + "\n";
  [[maybe_unused]] const ssize_t written = ::write(fd_.get(), line.data(), line.size());
}

void DeliveryNotes::empty_if_done() {
  if (!open_.empty()) return;
  [[maybe_unused]] const int result =
      ::ftruncate(fd_.get(), 0);  // lines that stay are read once more and change nothing
}

}  // namespace hpe3par::journal
