#pragma once

#include <string_view>

namespace hpe3par {

/// Same text but for the case of ASCII letters, as names of HTTP headers are compared (RFC 9110 5.1).
bool equal_ignoring_case(std::string_view a, std::string_view b);

}  // namespace hpe3par
