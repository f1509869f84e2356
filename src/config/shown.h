#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hpe3par::config {

// What may be shown of a file in which a password may stand in the wrong place. Pure.

/// With '?' for every byte that is no UTF-8 or a control character, so that a message is one line that can be sent as
/// JSON.
std::string printable(std::string_view text);

/// At most `most` bytes, not cutting a character in two; '…' is added if something is missing.
std::string cut(std::string_view text, std::size_t most);

/// The beginning of a refused value: of its first line, what stands before a second `word:` or `word=` and before
/// anything with an '@' or with pass, pw, secret or key in it. Empty if nothing of it may be shown.
std::string shown_value(std::string_view value);

/// Whether a word that should be a key cannot be a part of a password: lower-case letters and '_' only.
bool is_harmless(std::string_view word);

/// Whether a URL that is refused has no login in it, nor anything else that is no HOST:PORT/PATH.
bool may_show_url(std::string_view url);

/// A user name, without what somebody put behind a ':'.
std::string shown_username(std::string_view username);

/// A path, or "(not shown)" if it looks more like a password than like the name of a file.
std::string shown_path(const std::string& path);

}  // namespace hpe3par::config
