#include "ini.h"

#include <algorithm>

#include "escapes.h"
#include "place.h"

namespace hpe3par::config {
namespace {

constexpr std::string_view kKeyLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

class Reader {
 public:
  explicit Reader(std::string file) : file_(std::move(file)) {}

  void take_line(std::string_view line) {
    ++number_;
    if (line.find('\0') != std::string_view::npos) fail("the line holds a NUL byte; is this a text file in UTF-8?");
    const std::string_view content = trimmed(line);
    if (content.empty() || content.front() == '#' || content.front() == ';') return;
    if (line.front() == ' ' || line.front() == '\t') {
      continue_value(content);
    } else if (content.front() == '[') {
      open_section(content);
    } else {
      take_entry(content);
    }
  }

  IniFile take_result() { return std::move(result_); }

 private:
  void continue_value(std::string_view content) {
    if (result_.entries.empty() || !value_open_)
      fail(
          "this line is indented, so it continues the value before it, and there is none; remove the blanks in front "
          "of it");
    IniEntry& entry = result_.entries.back();
    if (entry.value.empty()) entry.value_lines.clear();
    if (!entry.value.empty()) entry.value += '\n';
    entry.value += content;
    entry.value_lines.push_back(number_);
  }

  void open_section(std::string_view content) {
    const std::string_view name = trimmed(content.substr(1, content.size() - 2));
    if (content.back() != ']' || name.empty() || name.find('=') != std::string_view::npos)
      fail("a section must be written [NAME]");
    section_ = name;
    value_open_ = false;
    const auto is_this = [&](const IniSection& each) { return each.name == section_; };
    if (std::none_of(result_.sections.begin(), result_.sections.end(), is_this))
      result_.sections.push_back({section_, number_});
  }

  void take_entry(std::string_view content) {
    const std::size_t separator = content.find_first_of("=:");
    const std::string_view key = trimmed(content.substr(0, separator));
    if (separator == std::string_view::npos || key.empty() ||
        key.find_first_not_of(kKeyLetters) != std::string_view::npos)
      fail("this line is not of the form key = value (it is not shown, since it may be part of a password)");
    if (section_.empty()) fail("a key must stand below a [section]");
    const std::string_view value = without_quotes(trimmed(content.substr(separator + 1)));
    result_.entries.push_back({section_, std::string(key), std::string(value), number_, {number_}});
    value_open_ = true;
  }

  [[noreturn]] void fail(const std::string& text) const { config::fail(file_, number_, text); }

  std::string file_;
  int number_ = 0;
  std::string section_;
  bool value_open_ = false;
  IniFile result_;
};

}  // namespace

IniFile parse_ini(std::string_view text, const std::string& file) {
  Reader reader(file);
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
    fail(file, 1, "this file is in UTF-16; save it as UTF-8");
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    reader.take_line(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return reader.take_result();
}

}  // namespace hpe3par::config
