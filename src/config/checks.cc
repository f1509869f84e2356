#include "checks.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace hpe3par::config {
namespace {

// Locale-free, unlike the functions of <cctype>.
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// Letters, digits, and some more.
bool consists_of(std::string_view text, std::string_view more) {
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_letter(c) || is_digit(c) || more.find(c) != std::string_view::npos; });
}

bool all_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_hex);
}

// Only what looks like numbers must be an IPv4 address; a host name may have dots as well.
bool is_ipv4_or_name(std::string_view text) {
  if (text.empty() || text.size() > 253 || !consists_of(text, ".-_")) return false;
  if (text.front() == '-' || text.front() == '.' || text.find("..") != std::string_view::npos) return false;
  if (text.find_first_not_of("0123456789.") != std::string_view::npos) return true;
  in_addr address{};
  return inet_pton(AF_INET, std::string(text).c_str(), &address) == 1;
}

// iqn.YYYY-MM.AUTHORITY[:NAME]
bool is_iqn(std::string_view text) {
  constexpr std::string_view kForm = "iqn.dddd-dd.";
  if (text.size() <= kForm.size() || text.size() > 223 || !consists_of(text, "._:-")) return false;
  return std::equal(kForm.begin(), kForm.end(), text.begin(),
                    [](char form, char c) { return form == 'd' ? is_digit(c) : form == c; });
}

bool is_wwpn(std::string_view text) {
  if (text.size() == 16) return all_hex(text);
  if (text.size() != 23) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (i % 3 == 2 ? text[i] != ':' : !is_hex(text[i])) return false;
  return true;
}

// One spelling for each host.
std::string usual_host(const std::string& host) {
  in6_addr address{};
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (inet_pton(AF_INET6, host.c_str(), &address) == 1 &&
      inet_ntop(AF_INET6, &address, text.data(), static_cast<socklen_t>(text.size())))
    return "[" + std::string(text.data()) + "]";
  return lower(host.ends_with('.') ? host.substr(0, host.size() - 1) : host);
}

}  // namespace

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

std::vector<std::string> split(std::string_view text, std::string_view separators) {
  constexpr std::string_view kBlanks = " \t\n";
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(separators), text.size());
    const std::string_view part = text.substr(0, end);
    const std::size_t begin = part.find_first_not_of(kBlanks);
    if (begin != std::string_view::npos)
      parts.emplace_back(part.substr(begin, part.find_last_not_of(kBlanks) - begin + 1));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

bool is_array_name(std::string_view text) {
  return !text.empty() && text.size() <= 31 && text.front() != '-' && consists_of(text, "._-");
}

bool is_namespace(std::string_view text) {
  return text.size() <= 31 && consists_of(text, "._-");
}

bool is_initiator(std::string_view text) {
  if (text.starts_with("eui.")) return text.size() == 20 && all_hex(text.substr(4));
  if (text.starts_with("naa.")) return (text.size() == 20 || text.size() == 36) && all_hex(text.substr(4));
  return is_iqn(text) || is_wwpn(text);
}

bool is_tls_pin(std::string_view text) {
  constexpr std::string_view kPrefix = "sha256//";
  if (!text.starts_with(kPrefix)) return false;
  text.remove_prefix(kPrefix.size());
  return text.size() == 44 && text.back() == '=' && consists_of(text.substr(0, 43), "+/");
}

bool is_address(std::string_view text) {
  return is_ipv4_or_name(text) || is_ipv6(text);
}

bool is_ipv6(std::string_view text) {
  in6_addr address{};
  return inet_pton(AF_INET6, std::string(text).c_str(), &address) == 1;
}

std::optional<int> parse_number(std::string_view text, int low, int high) {
  int number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end || number < low || number > high) return std::nullopt;
  return number;
}

std::optional<Portal> parse_portal(std::string_view text, int default_port) {
  if (is_ipv6(text)) return Portal{std::string(text), default_port};
  std::string_view port;
  std::string_view address = text;
  const bool bracketed = text.starts_with('[');
  const std::size_t separator = text.find(':', bracketed ? std::min(text.find(']'), text.size()) : 0);
  if (separator != std::string_view::npos) {
    address = text.substr(0, separator);
    port = text.substr(separator + 1);
  }
  if (bracketed) {
    if (address.size() < 2 || !address.ends_with(']') || !is_ipv6(address.substr(1, address.size() - 2)))
      return std::nullopt;
    address = address.substr(1, address.size() - 2);
  } else if (!is_ipv4_or_name(address)) {
    return std::nullopt;
  }
  if (separator == std::string_view::npos) return Portal{std::string(address), default_port};
  const std::optional<int> number = parse_number(port, 1, 65535);
  return number ? std::optional(Portal{std::string(address), *number}) : std::nullopt;
}

std::optional<ApiUrl> parse_api_url(std::string_view text) {
  constexpr std::string_view kPath = "/api/v1";
  while (text.ends_with('/')) text.remove_suffix(1);
  const std::string scheme = lower(text.substr(0, std::min(text.find("://"), text.size())));
  if ((scheme != "https" && scheme != "http") || !text.ends_with(kPath)) return std::nullopt;
  const std::size_t begin = scheme.size() + 3;
  if (text.size() < begin + kPath.size()) return std::nullopt;
  const std::string_view authority = text.substr(begin, text.size() - begin - kPath.size());
  if (is_ipv6(authority)) return std::nullopt;  // without brackets
  const std::optional<Portal> parsed = parse_portal(authority, scheme == "https" ? 443 : 80);
  if (!parsed) return std::nullopt;
  return ApiUrl{scheme + std::string(text.substr(scheme.size())),
                usual_host(parsed->address) + ":" + std::to_string(parsed->port)};
}

}  // namespace hpe3par::config
