#pragma once

#include <curl/curl.h>

#include <string>

#include "hpe3par/wsapi/transport.h"
#include "tls_witness.h"

namespace hpe3par::wsapi {

/// What is known about a transfer that libcurl gave up.
struct CurlFailure {
  CURLcode code = CURLE_OK;
  std::string text;  ///< CURLOPT_ERRORBUFFER
  int os_error = 0;
  bool connected = false;  ///< TCP, at least
  bool sent = false;
  bool answered = false;   ///< the first line of an HTTP answer came, now or ever before
  bool plain = false;      ///< http://, not https://
  std::string authority;   ///< host:port
  std::string ca_file;     ///< the one in hpe.conf, if any
  std::string ca_problem;  ///< why that cannot be used; empty if it can
};

/// libcurl's words turned into ours: the one place that knows CURLE_ numbers.
TransportFailure explain(const CurlFailure& failure, const TlsWitness& witness);

}  // namespace hpe3par::wsapi
