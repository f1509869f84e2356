#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace hpe3par::wsapi {

/// Seconds since 1970 of a Date header ("Sun, 06 Nov 1994 08:49:37 GMT").
std::optional<std::int64_t> parse_http_date(const std::string& text);

}  // namespace hpe3par::wsapi
