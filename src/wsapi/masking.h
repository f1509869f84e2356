#pragma once

#include <string>
#include <string_view>

#include "hpe3par/base/secret.h"

namespace hpe3par::wsapi {

/// `text` with every occurrence of `secret` replaced by ***.
std::string mask(std::string text, const Secret& secret);

/// Foreign text made fit for a sentence: one line of printable characters, blanks collapsed, cut to `limit` bytes.
std::string one_line(std::string_view text, std::size_t limit = 300);

}  // namespace hpe3par::wsapi
