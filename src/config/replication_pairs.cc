#include "replication_pairs.h"

#include <algorithm>
#include <string_view>

#include "checks.h"
#include "keys.h"
#include "place.h"

namespace hpe3par::config {
namespace {

constexpr std::string_view kBlanks = " \t";
constexpr std::string_view kListSeparators = ",; \t";
constexpr const char* kAddresses = "hpe3par_iscsi_ips";
constexpr std::string_view kKeyLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

// `word:` or `word=` at the beginning of a text, blanks allowed in between.
struct Head {
  std::string_view word;  // empty: the text does not begin so
  std::size_t size = 0;   // with the separator
};

Head head_of(std::string_view text) {
  const std::size_t end = std::min(text.find_first_not_of(kKeyLetters), text.size());
  const std::size_t separator = text.find_first_not_of(kBlanks, end);
  const bool begins_like_a_name = end > 0 && (text[0] < '0' || text[0] > '9') && text[0] != '-';
  if (!begins_like_a_name || separator == std::string_view::npos || (text[separator] != ':' && text[separator] != '='))
    return {};
  return {text.substr(0, end), separator + 1};
}

// Where a value ends: at a comma that is followed by something like a key, or at a blank that is followed by a key.
std::size_t end_of_value(std::string_view text) {
  for (std::size_t at = text.find_first_of(", \t"); at != std::string_view::npos;
       at = text.find_first_of(", \t", at + 1)) {
    const std::size_t next = text.find_first_not_of(kBlanks, at + 1);
    if (next == std::string_view::npos) continue;
    const std::string_view word = head_of(text.substr(next)).word;
    if (text[at] == ',' ? !word.empty() : !find_replication_key(word).empty()) return at;
  }
  return text.size();
}

std::string_view without_end(std::string_view text) {
  const auto trim = [&text] { text = text.substr(0, text.find_last_not_of(kBlanks) + 1); };
  trim();
  if (text.ends_with(',')) text.remove_suffix(1);
  trim();
  return text.substr(std::min(text.find_first_not_of(kBlanks), text.size()));
}

bool is_map(const std::string& key) {
  return key.ends_with("cpg_map");
}

class Splitter {
 public:
  explicit Splitter(const std::string& file) : file_(file) {}

  void take_line(std::string_view text, int line) {
    line_ = line;
    fresh_line_ = true;
    while (!text.empty()) {
      text.remove_prefix(std::min(text.find_first_not_of(", \t"), text.size()));
      if (text.empty()) return;
      const Head head = head_of(text);
      text.remove_prefix(head.size);
      const std::size_t end = end_of_value(text);
      const std::string value(without_end(text.substr(0, end)));
      if (head.word.empty())
        continue_list(value);
      else
        pairs_.push_back({known(head.word), value, line_});
      text.remove_prefix(end);
      fresh_line_ = false;
    }
  }

  std::vector<ReplicationPair> take_result() { return std::move(pairs_); }

 private:
  // Reached at the beginning of a line only: a part after a comma is in the value before it already.
  void continue_list(const std::string& value) {
    const std::vector<std::string> addresses = split(value, kListSeparators);
    const bool list = !pairs_.empty() && pairs_.back().key == kAddresses &&
                      std::all_of(addresses.begin(), addresses.end(),
                                  [](const std::string& each) { return parse_portal(each, 1).has_value(); });
    if (!list)
      fail(file_, line_,
           "replication_device: this line is not of the form key:value (it is not shown, since it may be part of a "
           "password)");
    pairs_.back().value += " " + value;
  }

  std::string known(std::string_view word) const {
    const std::string_view key = find_replication_key(word);
    if (!key.empty()) return std::string(key);
    const std::string before = pairs_.empty() ? "" : pairs_.back().key;
    if (!fresh_line_ && is_secret(before))
      fail(file_, line_,
           "replication_device: what follows the comma after " + before +
               " looks like a key, and is none (it is not shown, since it may be part of the password); a password "
               "with a comma can be put into a file, see " +
               before + "_file");
    std::string text = unknown_replication_key_text(word);
    if (is_map(before)) text += "; several pairs in " + before + " are separated by blanks, on one line";
    if (before == kAddresses) text += "; several addresses in " + before + " are separated by ';'";
    fail(file_, line_, text);
  }

  const std::string& file_;
  int line_ = 0;
  bool fresh_line_ = true;
  std::vector<ReplicationPair> pairs_;
};

}  // namespace

std::vector<ReplicationPair> split_replication_device(const IniEntry& entry, const std::string& file) {
  Splitter splitter(file);
  std::string_view rest = entry.value;
  for (const int line : entry.value_lines) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    splitter.take_line(rest.substr(0, end), line);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return splitter.take_result();
}

}  // namespace hpe3par::config
