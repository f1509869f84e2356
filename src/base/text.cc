#include "hpe3par/base/text.h"

#include <algorithm>
#include <cctype>

namespace hpe3par {

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

}  // namespace hpe3par
