#include "base_url.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string_view>

#include "hpe3par/base/error.h"

namespace hpe3par::wsapi {

namespace {

constexpr const char* kForm = "the allowed form is http(s)://host[:port]/api/v1";
constexpr std::string_view kPath = "/api/v1";

[[noreturn]] void refuse(const std::string& text) {
  // What stands before an @ may be a password.
  const bool shown = text.find('@') == std::string::npos;
  throw Error(ErrorKind::invalid_argument, (shown ? "\"" + text.substr(0, 200) + "\" is not the URL of a WSAPI: "
                                                  : "a WSAPI URL must not carry a user: ") +
                                               std::string(kForm));
}

bool consists_of(std::string_view text, std::string_view punctuation, int (*letters)(int)) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](unsigned char c) {
    return letters(c) != 0 || punctuation.find(static_cast<char>(c)) != std::string_view::npos;
  });
}

bool is_host(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) {
    return consists_of(text.substr(1, text.size() - 2), ":.", std::isxdigit);
  }
  return consists_of(text, "._-", std::isalnum) && std::isalnum(static_cast<unsigned char>(text.front())) != 0;
}

bool is_port(std::string_view text) {
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port >= 1 && port <= 65535;
}

bool is_authority(std::string_view text) {
  const auto colon = text.rfind(':');
  const bool has_port = colon != std::string_view::npos && !text.ends_with(']');
  return has_port ? is_host(text.substr(0, colon)) && is_port(text.substr(colon + 1)) : is_host(text);
}

}  // namespace

std::string BaseUrl::of(const std::string& path) const {
  return root + (path == "/api" ? "" : "/api/v1") + path;
}

BaseUrl parse_base_url(const std::string& text) {
  std::string_view rest = text;
  const std::string_view scheme = rest.starts_with("https://") ? "https://" : "http://";
  if (!rest.starts_with(scheme)) refuse(text);
  rest.remove_prefix(scheme.size());
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (!rest.ends_with(kPath)) refuse(text);
  rest.remove_suffix(kPath.size());
  if (!is_authority(rest)) refuse(text);
  return {std::string(scheme) + std::string(rest), std::string(rest)};
}

}  // namespace hpe3par::wsapi
