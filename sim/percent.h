#pragma once

#include <string>
#include <string_view>

namespace hpe3par::sim {

/// Encodes one element of a path; letters, digits and `-._~+:,` stay, as arrays write them.
std::string percent_encoded(std::string_view text);

/// Decodes %XX. A '%' that is not followed by two hex digits stays as it is.
std::string percent_decoded(std::string_view text);

}  // namespace hpe3par::sim
