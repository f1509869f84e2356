#pragma once

#include <string>
#include <string_view>

namespace hpe3par {

/// A random (version 4) UUID in lower-case text form, 36 characters, from the kernel's generator.
std::string make_uuid();

/// True for exactly the 8-4-4-4-12 text form, either case.
bool is_uuid(std::string_view text);

}  // namespace hpe3par
