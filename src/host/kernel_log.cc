#include "kernel_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>

namespace hpe3par::host {
namespace {

constexpr std::size_t kRecordSize = 8192;
constexpr std::size_t kLineSize = 300;
constexpr int kMostRecords = 1000;

std::string kernel_name(const std::string& device_path) {
  std::error_code failed;
  const auto real = std::filesystem::canonical(device_path, failed);
  return (failed ? std::filesystem::path(device_path) : real).filename().string();
}

bool is_news_only(std::string_view text) {
  return text.find("Mounting V") != std::string_view::npos || text.find("deprecated") != std::string_view::npos;
}

}  // namespace

KernelLog::KernelLog() : fd_(::open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC)) {
  if (fd_ && ::lseek(fd_.get(), 0, SEEK_END) < 0) fd_.reset();
}

std::string KernelLog::first_complaint(const std::string& device_path, const std::string& fs_type) {
  if (!fd_) return {};
  const std::string name = kernel_name(device_path);
  std::array<char, kRecordSize> record{};
  for (int i = 0; i < kMostRecords; ++i) {
    const ssize_t size = ::read(fd_.get(), record.data(), record.size());
    if (size < 0 && (errno == EPIPE || errno == EINTR)) continue;  // overwritten meanwhile: the next read goes on
    if (size <= 0) return {};
    if (auto text = parse_complaint({record.data(), static_cast<std::size_t>(size)}, name, fs_type)) return *text;
  }
  return {};
}

// "3,712,7048927133,-;XFS (loop0): invalid logbufs value: 9 [not 2-8]", then lines with keys.
std::optional<std::string> parse_complaint(std::string_view record, const std::string& device_name,
                                           const std::string& fs_type) {
  const std::size_t begin = record.find(';');
  if (begin == std::string_view::npos) return std::nullopt;
  std::string text(record.substr(begin + 1, record.find('\n', begin) - begin - 1));
  const bool ours = text.find("(" + device_name + "):") != std::string::npos || text.starts_with(fs_type + ": ");
  if (!ours || is_news_only(text)) return std::nullopt;
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; }, ' ');
  text.resize(std::min(text.size(), kLineSize));
  while (text.ends_with('.')) text.pop_back();  // it is to stand within a sentence
  return text;
}

}  // namespace hpe3par::host
