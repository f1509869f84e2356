#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hpe3par::volumes {

/// What somebody typed, fit for a sentence: cut to 100 characters, control characters shown as '?'.
std::string printable(std::string_view text);

/// @throws Error invalid_argument: "option NAME=VALUE is not allowed; allowed: ..."
[[noreturn]] void refuse_value(std::string_view option, std::string_view value, const std::string& allowed);

/// @throws Error invalid_argument: "option NAME: sentence"
[[noreturn]] void refuse_because(std::string_view option, const std::string& sentence);

template <typename Number>
std::optional<Number> parse_number(std::string_view text, int base = 10) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// 1 to `most` letters, digits, '.', '_' or '-', the first not a '-'.
bool is_plain_name(std::string_view text, std::size_t most);

/// Does a value fit its pattern? Patterns are what the tables of options are made of, and what sentences show:
///
/// | pattern  | fits                                                   |
/// |----------|--------------------------------------------------------|
/// | (empty)  | no value at all                                        |
/// | `N`      | a decimal number of up to 18 digits                    |
/// | `SIZE`   | such a number, or one followed by b, s, k, m, g or t   |
/// | `PERCENT`| 0 to 50, with up to two decimals                       |
/// | `LABELn` | is_plain_name() of up to n characters                  |
/// | `1..300` | a decimal number of that range                         |
/// | `a|b|c`  | one of these words                                     |
bool fits(std::string_view pattern, const std::optional<std::string_view>& value);

/// How a pattern is shown: as it is, but for percents and labels.
std::string show_pattern(std::string_view pattern);

/// "a=N" or "a": how an option with that pattern is shown.
std::string with_pattern(std::string_view name, std::string_view pattern);

std::vector<std::string> split(std::string_view text, std::string_view separators);
std::string join(const std::vector<std::string>& words, std::string_view separator);

}  // namespace hpe3par::volumes
