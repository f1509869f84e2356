#pragma once

#include <memory>
#include <string>

#include "hpe3par/wsapi/transport.h"

namespace hpe3par::wsapi {

/// How the server proves who it is (https only). At least TLS 1.2, always.
struct TlsSettings {
  bool verify = true;
  std::string ca_file;  ///< empty: the system's
  std::string pin;      ///< sha256//…; the key itself is then the proof, and no CA is asked unless ca_file is set
};

/// Transport over libcurl: one TCP connection per request, as arrays want it, with TLS sessions resumed between them.
/// No proxy, no redirect.
std::unique_ptr<Transport> make_curl_transport(const TlsSettings& tls, const std::string& user_agent);

}  // namespace hpe3par::wsapi
