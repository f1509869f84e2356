#pragma once

#include <cerrno>
#include <string>
#include <system_error>

#include "hpe3par/base/error.h"

namespace hpe3par::host {

/// Throws "cannot <activity>: <text of errno>".
[[noreturn]] inline void throw_unavailable(const std::string& activity, int number = errno) {
  throw Error(ErrorKind::unavailable, "cannot " + activity + ": " + std::generic_category().message(number));
}

}  // namespace hpe3par::host
