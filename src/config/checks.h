#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hpe3par/config/config.h"

namespace hpe3par::config {

// What a value may look like. Pure; each is a question about text.

std::string lower(std::string_view text);

/// The parts between any of `separators`, without blanks around them and without empty ones.
std::vector<std::string> split(std::string_view text, std::string_view separators);

/// A name as the array takes it for CPGs, hosts and remote copy targets: 1 to 31 letters, digits, '.', '_', '-', not
/// beginning with '-'.
bool is_array_name(std::string_view text);

/// Up to 31 letters, digits, '.', '_', '-'.
bool is_namespace(std::string_view text);

/// An iSCSI name (iqn., eui., naa.) or a WWPN of 16 hexadecimal digits, with or without colons.
bool is_initiator(std::string_view text);

/// `sha256//` and the base64 of 32 bytes.
bool is_tls_pin(std::string_view text);

/// An IPv4 or IPv6 address (without brackets) or a host name.
bool is_address(std::string_view text);

/// An IPv6 address, without brackets.
bool is_ipv6(std::string_view text);

/// `text` as a whole number within the bounds.
std::optional<int> parse_number(std::string_view text, int low, int high);

/// `ADDRESS`, `ADDRESS:PORT` or `[IPV6]:PORT`.
std::optional<Portal> parse_portal(std::string_view text, int default_port);

/// http(s)://HOST[:PORT]/api/v1, with slashes at the end or none, the scheme in any case.
struct ApiUrl {
  std::string text;       ///< without slashes at the end, the scheme in lower case
  std::string authority;  ///< host:port; one spelling per host: lower case, no dot at its end, IPv6 in its short form
};
std::optional<ApiUrl> parse_api_url(std::string_view text);

}  // namespace hpe3par::config
