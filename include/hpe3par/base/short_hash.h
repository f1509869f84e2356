#pragma once

#include <string>
#include <string_view>

namespace hpe3par {

/// 16 characters of [a-z2-7]: the first 80 bits of SHA-256 in base 32, the same for ever. Lower case, so that it stays
/// one name where case is not told apart.
std::string short_hash(std::string_view text);

}  // namespace hpe3par
