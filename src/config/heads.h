#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace hpe3par::config {

/// `word:` or `word=` at the beginning of a text, blanks allowed in between.
struct Head {
  std::string_view word;  ///< empty: the text does not begin so
  std::size_t size = 0;   ///< with the sign
};
Head head_of(std::string_view text);

/// The words of all heads that stand behind a blank.
std::vector<std::string_view> words_behind_blanks(std::string_view text);

}  // namespace hpe3par::config
