#pragma once

#include <string>
#include <string_view>

namespace hpe3par::wsapi {

/// Percent-encodes everything that is not allowed raw in one path segment; `:` and `,` stay as arrays write them.
std::string encode_segment(std::string_view text);

/// The `?query="…"` part of a URL.
std::string encode_query(std::string_view expression);

/// Undoes percent-encoding; a malformed escape stays as it is.
std::string decode_percent(std::string_view text);

/// `text`, if it can stand as a value in a query expression.
/// @throws Error invalid_argument: it has quotes, blanks, brackets or the like
const std::string& query_value(const std::string& text);

}  // namespace hpe3par::wsapi
