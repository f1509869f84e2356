#pragma once

#include <map>
#include <string>

namespace hpe3par::docker {

/// The members that VolumeDriver requests have; absent ones are empty.
struct RequestBody {
  std::string name;
  std::string id;
  std::map<std::string, std::string> options;
};

/// Parses the JSON body of a VolumeDriver request. Unknown members are ignored; `Opts` may be null.
/// @throws Error invalid_argument: not a JSON object, a member of the wrong type, or one that stands there twice
RequestBody parse_request_body(const std::string& text);

}  // namespace hpe3par::docker
