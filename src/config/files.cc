#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <system_error>

#include "hpe3par/base/error.h"
#include "hpe3par/base/unique_fd.h"
#include "hpe3par/config/config.h"
#include "shown.h"

namespace hpe3par::config {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostBytes = 1024UL * 1024UL;

struct Content {
  std::string text;
  struct stat status {};
};

std::string_view kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISFIFO(mode)) return "a pipe";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

std::string denied_text() {
  return "permission denied to the user with id " + std::to_string(::geteuid());
}

std::string errno_text(int error) {
  return error == EACCES ? denied_text() : std::error_code(error, std::generic_category()).message();
}

// Why the file cannot be read, or empty. Opening must not wait for the writer of a pipe.
std::string read_file(const fs::path& path, Content& content) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file || ::fstat(file.get(), &content.status) != 0) return errno_text(errno);
  if (!S_ISREG(content.status.st_mode))
    return "it is " + std::string(kind_of(content.status.st_mode)) + ", and a regular file is needed";
  if (static_cast<std::uintmax_t>(content.status.st_size) > kMostBytes)
    return "it has " + std::to_string(content.status.st_size) + " bytes, and at most " + std::to_string(kMostBytes) +
           " (1 MiB) are allowed";
  std::array<char, 16384> buffer{};
  while (content.text.size() <= kMostBytes) {
    const ssize_t count = ::read(file.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno_text(errno);
    if (count == 0) return "";
    content.text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return "it grows beyond 1 MiB while it is read";
}

bool readable_for_all(const struct stat& status) {
  return (status.st_mode & S_IROTH) != 0;
}

// A key that ends with "password" and has a value; "password_file" only names a file.
bool names_password(std::string_view line) {
  constexpr std::string_view kWord = "password";
  constexpr std::string_view kBlanks = " \t\r";
  for (std::size_t at = line.find(kWord); at != std::string_view::npos; at = line.find(kWord, at + 1)) {
    const std::size_t sign = line.find_first_not_of(kBlanks, at + kWord.size());
    if (sign == std::string_view::npos || (line[sign] != ':' && line[sign] != '=')) continue;
    if (line.find_first_not_of(kBlanks, sign + 1) != std::string_view::npos) return true;
  }
  return false;
}

// Needs no file that is free of errors.
bool holds_password(std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    const std::size_t begin = line.find_first_not_of(" \t");
    const bool comment = begin != std::string_view::npos && (line[begin] == '#' || line[begin] == ';');
    if (!comment && names_password(line)) return true;
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return false;
}

fs::path resolve(const fs::path& path, const fs::path& config_file) {
  if (path.is_absolute()) return path;
  const char* credentials = std::getenv("CREDENTIALS_DIRECTORY");
  return (credentials && *credentials ? fs::path(credentials) : config_file.parent_path()) / path;
}

void read_secret(ArrayAccess& access, const fs::path& config_file, std::vector<std::string>& warnings) {
  if (!access.password_file) return;
  const auto& [named, place] = *access.password_file;
  const fs::path path = resolve(named, config_file);
  // A name that looks like a password is probably one, in the wrong key.
  const bool hidden = shown_path(named.string()) != named.string();
  const std::string shown =
      hidden ? "that is named here (not shown, since it may be a password; a path with a / is)" : path.string();
  Content content;
  if (const std::string problem = read_file(path, content); !problem.empty())
    throw Error(ErrorKind::unavailable, printable(place + ": cannot read the password file " + shown + ": " + problem));
  if (content.text.ends_with('\n')) content.text.pop_back();
  if (content.text.ends_with('\r')) content.text.pop_back();
  if (content.text.empty())
    throw Error(ErrorKind::invalid_argument, printable(place + ": the password file " + shown + " is empty"));
  if (readable_for_all(content.status))
    warnings.push_back(printable(place + ": every user of this machine can read the password file " + shown +
                                 "; take that right away with chmod o-r"));
  access.password = Secret(std::move(content.text));
}

std::string remedy_for(const fs::path& file) {
  std::error_code error;
  const bool missing = !fs::exists(file, error) && !error;
  return missing ? "; create it (begin with hpe.conf.sample, which comes with hpe3pard) or name another with --config"
                 : "; name another with --config";
}

}  // namespace

Config load_config(const fs::path& file, const WarningSink& warn) {
  Content content;
  if (const std::string problem = read_file(file, content); !problem.empty())
    throw Error(ErrorKind::unavailable,
                printable("cannot read the configuration file " + file.string() + ": " + problem + remedy_for(file)));
  std::vector<std::string> warnings;
  if (readable_for_all(content.status) && holds_password(content.text))
    warnings.push_back(printable(file.string() +
                                 ": every user of this machine can read this file and the passwords in it; " +
                                 "chmod 600 " + file.string()));
  if (warn) std::for_each(warnings.begin(), warnings.end(), warn);
  Config config = parse_config(content.text, file.string(), warn);
  config.warnings.insert(config.warnings.begin(), warnings.begin(), warnings.end());
  return config;
}

std::vector<std::string> read_secrets(Config& config) {
  std::vector<std::string> warnings;
  for (BackendConfig& backend : config.backends) {
    read_secret(backend, config.file, warnings);
    if (backend.replication) read_secret(*backend.replication, config.file, warnings);
  }
  return warnings;
}

}  // namespace hpe3par::config
