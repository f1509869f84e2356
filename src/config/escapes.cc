#include "escapes.h"

#include "keys.h"

namespace hpe3par::config {
namespace {

bool replace_all(std::string& text, std::string_view from, std::string_view to) {
  bool found = false;
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
    found = true;
  }
  return found;
}

}  // namespace

std::string_view without_quotes(std::string_view value) {
  const bool quoted =
      value.size() >= 2 && value.front() == value.back() && (value.front() == '"' || value.front() == '\'');
  return quoted ? value.substr(1, value.size() - 2) : value;
}

// In two steps, as oslo.config does it, which matters where both are mixed.
bool unescape_dollars(std::string& value) {
  replace_all(value, "\\$", "$$");
  return replace_all(value, "$$", "$");
}

std::string unescaped_text(const std::string& key) {
  const std::string text = key + " holds $$ or \\$, which is read as $, as HPE's plugin did";
  return is_secret(key) ? text + "; for a password that really holds it, use " + key + "_file" : text;
}

}  // namespace hpe3par::config
