#pragma once

#include <string>

namespace hpe3par::wsapi {

/// The checked address of an array's WSAPI.
struct BaseUrl {
  std::string root;       ///< "https://10.0.0.1:8080"
  std::string authority;  ///< "10.0.0.1:8080", for sentences

  /// @param path below /api/v1, or "/api" itself
  std::string of(const std::string& path) const;
};

/// @throws Error invalid_argument unless it is http(s)://host[:port]/api/v1, with or without a slash at the end
BaseUrl parse_base_url(const std::string& text);

}  // namespace hpe3par::wsapi
