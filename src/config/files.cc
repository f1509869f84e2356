#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "hpe3par/base/error.h"
#include "hpe3par/base/unique_fd.h"
#include "hpe3par/config/config.h"
#include "ini.h"
#include "keys.h"

namespace hpe3par::config {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostBytes = 1024UL * 1024UL;

struct Content {
  std::string text;
  struct stat status {};
};

// Fails with errno's error. A password file that is a pipe must not make the daemon wait for its writer.
std::error_code read_file(const fs::path& path, int flags, Content& content) {
  const auto last_error = [] { return std::error_code(errno, std::generic_category()); };
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | flags));
  if (!file || ::fstat(file.get(), &content.status) != 0) return last_error();
  if ((flags & O_NONBLOCK) != 0 && S_ISFIFO(content.status.st_mode)) return {EINVAL, std::generic_category()};
  std::array<char, 16384> buffer{};
  for (;;) {
    const ssize_t count = ::read(file.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return last_error();
    if (count == 0) return {};
    content.text.append(buffer.data(), static_cast<std::size_t>(count));
    if (content.text.size() > kMostBytes) return {EFBIG, std::generic_category()};
  }
}

// A key that ends with "password" in a replication_device; "password_file" only names a file.
bool names_password(std::string_view pairs) {
  constexpr std::string_view kWord = "password";
  for (std::size_t at = pairs.find(kWord); at != std::string_view::npos; at = pairs.find(kWord, at + 1)) {
    const std::size_t next = pairs.find_first_not_of(" \t", at + kWord.size());
    if (next != std::string_view::npos && (pairs[next] == ':' || pairs[next] == '=')) return true;
  }
  return false;
}

bool holds_password(const std::string& text, const std::string& file) {
  const std::vector<IniEntry> entries = parse_ini(text, file).entries;
  return std::any_of(entries.begin(), entries.end(), [](const IniEntry& entry) {
    return entry.key == "replication_device" ? names_password(entry.value)
                                             : is_secret(entry.key) && !entry.value.empty();
  });
}

fs::path resolve(const fs::path& path, const fs::path& config_file) {
  if (path.is_absolute()) return path;
  const char* credentials = std::getenv("CREDENTIALS_DIRECTORY");
  return (credentials && *credentials ? fs::path(credentials) : config_file.parent_path()) / path;
}

void read_secret(ArrayAccess& access, const fs::path& config_file) {
  if (!access.password_file) return;
  const auto& [named, place] = *access.password_file;
  const fs::path path = resolve(named, config_file);
  Content content;
  if (const std::error_code error = read_file(path, O_NONBLOCK, content))
    throw Error(ErrorKind::unavailable,
                place + ": cannot read the password file " + path.string() + ": " + error.message());
  if (content.text.ends_with('\n')) content.text.pop_back();
  if (content.text.ends_with('\r')) content.text.pop_back();
  if (content.text.empty())
    throw Error(ErrorKind::invalid_argument, place + ": the password file " + path.string() + " is empty");
  access.password = Secret(std::move(content.text));
}

}  // namespace

Config load_config(const fs::path& file) {
  Content content;
  if (const std::error_code error = read_file(file, 0, content))
    throw Error(ErrorKind::unavailable, "cannot read the configuration file " + file.string() + ": " + error.message() +
                                            "; create it (see config/hpe.conf.sample) or name another with --config");
  Config config = parse_config(content.text, file.string());
  const bool readable_for_all = S_ISREG(content.status.st_mode) && (content.status.st_mode & S_IROTH) != 0;
  if (readable_for_all && holds_password(content.text, file.string()))
    config.warnings.insert(config.warnings.begin(),
                           file.string() + ": every user of this machine can read this file and the passwords in it; " +
                               "chmod 600 " + file.string());
  return config;
}

void read_secrets(Config& config) {
  for (BackendConfig& backend : config.backends) {
    read_secret(backend, config.file);
    if (backend.replication) read_secret(*backend.replication, config.file);
  }
}

}  // namespace hpe3par::config
