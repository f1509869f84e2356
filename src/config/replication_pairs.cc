#include "replication_pairs.h"

#include <algorithm>
#include <string_view>

#include "checks.h"
#include "heads.h"
#include "keys.h"
#include "place.h"
#include "suggestions.h"

namespace hpe3par::config {
namespace {

constexpr std::string_view kBlanks = " \t";
constexpr std::string_view kListSeparators = ",; \t";
constexpr const char* kAddresses = "hpe3par_iscsi_ips";

// The usual spelling of what may be a key of a pair, or empty. Keys of the whole host were never anything else.
std::string_view find_pair_key(std::string_view word) {
  const std::string_view known = find_replication_key(word);
  if (!known.empty()) return known;
  const Key* key = find_key(word);
  const bool possible = key && key->place == KeyPlace::backend && key->shape != KeyShape::pairs;
  if (!possible) return {};
  return key->name.ends_with('*') ? word : key->name;
}

// Where a value ends: at a comma that is followed by something like a key, or at a blank that is followed by a key.
std::size_t end_of_value(std::string_view text, bool secret) {
  for (std::size_t at = text.find_first_of(", \t"); at != std::string_view::npos;
       at = text.find_first_of(", \t", at + 1)) {
    const std::size_t next = text.find_first_not_of(kBlanks, at + 1);
    if (next == std::string_view::npos) continue;
    const std::string_view word = head_of(text.substr(next)).word;
    const bool key = secret ? !find_replication_key(word).empty() : !find_pair_key(word).empty();
    if (text[at] == ',' ? !word.empty() : key) return at;
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

bool is_map(std::string_view key) {
  return key.ends_with("cpg_map");
}

bool is_map_pair(std::string_view text) {
  const std::size_t colon = text.find(':');
  return colon != std::string_view::npos && is_array_name(text.substr(0, colon)) &&
         is_array_name(text.substr(colon + 1));
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
      const std::size_t size = take_pair(text);
      open_ended_ = without_comma(text.substr(0, size));
      text.remove_prefix(size);
      fresh_line_ = false;
    }
  }

  std::vector<ReplicationPair> take_result() { return std::move(pairs_); }

 private:
  static bool without_comma(std::string_view text) {
    const std::size_t last = text.find_last_not_of(kBlanks);
    return last != std::string_view::npos && text[last] != ',';
  }

  // Returns the size of what was taken.
  std::size_t take_pair(std::string_view text) {
    const Head head = head_of(text);
    if (continues_map(head.word, text)) return continue_list(text);
    if (head.word.empty()) {
      if (!continues_addresses(text))
        fail(file_, line_,
             "replication_device: this line is not of the form key:value (it is not shown, since it may be part of a "
             "password)");
      return continue_list(text);
    }
    const std::string key = known(head.word);
    const std::string_view rest = text.substr(head.size);
    const std::size_t end = end_of_value(rest, is_secret(key));
    const std::string value(without_end(rest.substr(0, end)));
    check_for_second_key(key, value);
    pairs_.push_back({key, value, line_, {line_}});
    return head.size + end;
  }

  // The next pairs of a map, each NAME:NAME, on a line of their own. What is nearly a key is a misspelled one.
  bool continues_map(std::string_view word, std::string_view text) const {
    if (!fresh_line_ || !open_ended_ || pairs_.empty() || !is_map(pairs_.back().key)) return false;
    if (!find_pair_key(word).empty() || find_key(word) || !nearest_replication_key(word).empty()) return false;
    const std::vector<std::string> parts = split(item_of(text), kBlanks);
    return std::all_of(parts.begin(), parts.end(), is_map_pair);
  }

  bool continues_addresses(std::string_view text) const {
    if (pairs_.empty() || pairs_.back().key != kAddresses) return false;
    const std::vector<std::string> parts = split(item_of(text), kListSeparators);
    return std::all_of(parts.begin(), parts.end(), [](const std::string& each) { return parse_portal(each, 1); });
  }

  // Reached at the beginning of a line only: a part after a comma is in the value before it already.
  std::size_t continue_list(std::string_view text) {
    pairs_.back().value += "\n" + std::string(item_of(text));
    pairs_.back().lines.push_back(line_);
    return end_of_value(text, false);
  }

  static std::string_view item_of(std::string_view text) {
    return without_end(text.substr(0, end_of_value(text, false)));
  }

  // Passwords may hold anything. In a list, words with a colon are usual; elsewhere, one behind a blank is a key whose
  // name is wrong.
  void check_for_second_key(const std::string& key, const std::string& value) const {
    if (is_secret(key)) return;
    const bool lenient = is_replication_list(key) || find_replication_key(key).empty();
    for (const std::string_view word : words_behind_blanks(value))
      if (!lenient || !nearest_replication_key(word).empty())
        fail(file_, line_,
             unknown_replication_key_text(word, Before::plain, " behind " + key + " in replication_device"));
  }

  std::string known(std::string_view word) const {
    const std::string_view key = find_pair_key(word);
    if (!key.empty()) return std::string(key);
    const std::string before = pairs_.empty() ? "" : pairs_.back().key;
    if (!fresh_line_ && is_secret(before)) fail_in_password(word, before);
    std::string text = unknown_replication_key_text(word, is_secret(before) ? Before::secret : Before::plain);
    if (is_map(before)) text += "; several pairs in " + before + " are separated by blanks, without commas";
    if (before == kAddresses) text += "; several addresses in " + before + " are separated by ';'";
    fail(file_, line_, text);
  }

  [[noreturn]] void fail_in_password(std::string_view word, const std::string& before) const {
    const std::string_view meant = nearest_replication_key(word);
    fail(file_, line_,
         "replication_device: what follows the comma after " + before +
             " looks like a key, and is none (it is not shown, since it may be part of the password); " +
             (meant.empty() ? "" : "did you mean " + std::string(meant) + "? ") +
             "a password with a comma can be put into a file, see " + before + "_file");
  }

  const std::string& file_;
  int line_ = 0;
  bool fresh_line_ = true;
  bool open_ended_ = false;  // no comma behind the last pair
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
