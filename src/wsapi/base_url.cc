#include "base_url.h"

#include <regex>

#include "hpe3par/base/error.h"

namespace hpe3par::wsapi {

namespace {

constexpr const char* kForm = "the allowed form is http(s)://host[:port]/api/v1";

[[noreturn]] void refuse(const std::string& text) {
  // What stands before an @ may be a password.
  const bool shown = text.find('@') == std::string::npos;
  throw Error(ErrorKind::invalid_argument,
              (shown ? "\"" + text + "\" is not the URL of a WSAPI: " : "a WSAPI URL must not carry a user: ") + kForm);
}

}  // namespace

std::string BaseUrl::of(const std::string& path) const {
  return root + (path == "/api" ? "" : "/api/v1") + path;
}

BaseUrl parse_base_url(const std::string& text) {
  static const std::regex form(
      R"((https?)://([A-Za-z0-9][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])(:([0-9]{1,5}))?/api/v1/?)");
  std::smatch parts;
  if (text.size() > 1024 || !std::regex_match(text, parts, form)) refuse(text.substr(0, 200));
  if (parts[4].matched) {
    const int port = std::stoi(parts[4].str());
    if (port < 1 || port > 65535) refuse(text);
  }
  BaseUrl url;
  url.authority = parts[2].str() + parts[3].str();
  url.root = parts[1].str() + "://" + url.authority;
  return url;
}

}  // namespace hpe3par::wsapi
