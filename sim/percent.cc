#include "percent.h"

#include <algorithm>
#include <cctype>

namespace hpe3par::sim {
namespace {

constexpr std::string_view kHex = "0123456789ABCDEF";

bool stays(unsigned char c) {
  return std::isalnum(c) != 0 || std::string_view("-._~+:,").find(static_cast<char>(c)) != std::string_view::npos;
}

int hex_value(char c) {
  const std::size_t at = kHex.find(static_cast<char>(std::toupper(static_cast<unsigned char>(c))));
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

}  // namespace

std::string percent_encoded(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (stays(byte))
      result += c;
    else
      result.append({'%', kHex[byte >> 4U], kHex[byte & 15U]});
  }
  return result;
}

std::string percent_decoded(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool complete = text[at] == '%' && at + 2 < text.size();
    const int high = complete ? hex_value(text[at + 1]) : -1;
    const int low = complete ? hex_value(text[at + 2]) : -1;
    if (high < 0 || low < 0) {
      result += text[at];
    } else {
      result += static_cast<char>(high * 16 + low);
      at += 2;
    }
  }
  return result;
}

std::optional<std::string> query_parameter(std::string_view target, std::string_view name) {
  std::size_t separator = target.find('?');
  while (separator != std::string_view::npos) {
    target.remove_prefix(separator + 1);
    separator = target.find('&');
    const std::string_view parameter = target.substr(0, separator);
    const std::size_t equals = parameter.find('=');
    if (equals == std::string_view::npos || parameter.substr(0, equals) != name) continue;
    std::string value(parameter.substr(equals + 1));
    std::replace(value.begin(), value.end(), '+', ' ');
    return percent_decoded(value);
  }
  return std::nullopt;
}

}  // namespace hpe3par::sim
