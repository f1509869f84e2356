#pragma once

#include <functional>
#include <string>

namespace hpe3par::wsapi {

/// What may be logged of a JSON body: the members on an allow-list, at any depth of objects; of lists only the length.
/// Everything else is left out, and a body that is not JSON is only measured.
/// @param hide applied to every text before anything is cut: arrays repeat in their complaints what they were sent
std::string loggable(const std::string& body, const std::function<std::string(std::string)>& hide);

}  // namespace hpe3par::wsapi
