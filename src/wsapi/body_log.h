#pragma once

#include <string>

namespace hpe3par::wsapi {

/// What may be logged of a JSON body: the members on an allow-list, at any depth of objects; of lists only the length.
/// Everything else is left out, and a body that is not JSON is only measured.
std::string loggable(const std::string& body);

}  // namespace hpe3par::wsapi
