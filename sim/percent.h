#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hpe3par::sim {

/// Encodes one element of a path; letters, digits and `-._~+:,` stay, as arrays write them.
std::string percent_encoded(std::string_view text);

/// Decodes %XX. A '%' that is not followed by two hex digits stays as it is.
std::string percent_decoded(std::string_view text);

/// The value of one parameter in the query of a request target, decoded ('+' is a blank), or nothing. Only the first
/// '=' separates: values hold more of them.
std::optional<std::string> query_parameter(std::string_view target, std::string_view name);

}  // namespace hpe3par::sim
