#include "escape.h"

#include <cctype>
#include <optional>

#include "hpe3par/base/error.h"

namespace hpe3par::wsapi {

namespace {

bool is_alnum(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

std::string encode(std::string_view text, std::string_view raw) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (is_alnum(c) || raw.find(c) != std::string_view::npos) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
    }
  }
  return out;
}

std::optional<unsigned> hex_value(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  return std::nullopt;
}

}  // namespace

std::string encode_segment(std::string_view text) {
  return encode(text, "-._~:,");
}

std::string encode_query(std::string_view expression) {
  return "?query=" + encode("\"" + std::string(expression) + "\"", "-._~:");
}

std::string decode_percent(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const auto high = hex_value(text[i + 1]);
      const auto low = hex_value(text[i + 2]);
      if (high && low) {
        out += static_cast<char>(*high * 16 + *low);
        i += 2;
        continue;
      }
    }
    out += text[i];
  }
  return out;
}

const std::string& query_value(const std::string& text) {
  const auto harmless = [](char c) {
    return is_alnum(c) || std::string_view("-._:*,").find(c) != std::string_view::npos;
  };
  bool good = !text.empty();
  for (const char c : text) good = good && harmless(c);
  if (!good) throw Error(ErrorKind::invalid_argument, "\"" + text + "\" cannot be asked for in a WSAPI query");
  return text;
}

}  // namespace hpe3par::wsapi
