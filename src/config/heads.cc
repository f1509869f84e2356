#include "heads.h"

#include <algorithm>

namespace hpe3par::config {
namespace {

constexpr std::string_view kBlanks = " \t";
constexpr std::string_view kKeyLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

}  // namespace

Head head_of(std::string_view text) {
  const std::size_t end = std::min(text.find_first_not_of(kKeyLetters), text.size());
  const std::size_t separator = text.find_first_not_of(kBlanks, end);
  const bool begins_like_a_name = end > 0 && (text[0] < '0' || text[0] > '9') && text[0] != '-';
  if (!begins_like_a_name || separator == std::string_view::npos || (text[separator] != ':' && text[separator] != '='))
    return {};
  return {text.substr(0, end), separator + 1};
}

std::vector<std::string_view> words_behind_blanks(std::string_view text) {
  std::vector<std::string_view> words;
  for (std::size_t at = text.find_first_of(kBlanks); at != std::string_view::npos;
       at = text.find_first_of(kBlanks, at)) {
    at = std::min(text.find_first_not_of(kBlanks, at), text.size());
    const Head head = head_of(text.substr(at));
    if (!head.word.empty()) words.push_back(head.word);
  }
  return words;
}

}  // namespace hpe3par::config
