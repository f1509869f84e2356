#pragma once

#include <memory>
#include <string>

#include "hpe3par/array/array.h"
#include "hpe3par/base/secret.h"

namespace hpe3par::array {

/// How to reach an array and whom to log in as.
struct ConnectionConfig {
  std::string name;     ///< for sentences and status
  std::string api_url;  ///< e.g. https://10.0.0.1:8080/api/v1
  std::string username;
  Secret password;
  int max_sessions = 4;
  std::string ca_file;  ///< empty: the system's
  std::string tls_pin;  ///< sha256//…, empty: none
  bool tls_verify = true;
  std::string user_agent;  ///< "hpe3pard/<version>"
  /// After each connect() nothing but that is sent before expect_serial() was called.
  bool must_be_identified = false;
};

/// An Array behind its WSAPI. Sends nothing before the first call.
/// @throws Error invalid_argument: the URL is not http(s)://host[:port]/api/v1
std::unique_ptr<Array> make_wsapi_array(ConnectionConfig config, Clock& clock);

}  // namespace hpe3par::array
