#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "hpe3par/base/deadline.h"

namespace hpe3par::wsapi {

/// Takes the body of a successful answer piece by piece, so that a long one is never held as a whole.
class BodySink {
 public:
  virtual ~BodySink() = default;

  /// An attempt begins; what came before it is void.
  virtual void restart() = 0;
  /// @return false: this makes no sense, do not read on
  virtual bool append(std::string_view bytes) = 0;
  /// The answer is complete (or was not read on). @return what is wrong with it, in words; empty if nothing
  virtual std::string finish() = 0;
};

/// One HTTP request.
struct HttpCall {
  std::string method;
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  BodySink* sink = nullptr;  ///< gets the body of a 200; other bodies are collected in HttpReply
  Millis patience{30'000};   ///< give up when no byte came for so long
};

/// Any answer, whatever its status.
struct HttpReply {
  int status = 0;
  std::string content_type;
  std::string location;
  std::string date;
  std::string body;
  std::string local_address;  ///< our end of the connection
};

/// Why there is no answer.
struct TransportFailure {
  enum class Kind {
    connect,      ///< no connection was established
    tls,          ///< a connection was, but the peer is not who it should be
    lost,         ///< the connection broke, or the answer was cut
    stalled,      ///< patience is at its end
    out_of_time,  ///< the Deadline is over
    cancelled,    ///< the caller lost interest
  };
  Kind kind = Kind::lost;
  bool sent = false;  ///< the request, or part of it, went out: it may have taken effect
  std::string text;   ///< "cannot connect to 10.0.0.1 port 8080: Connection refused"
};

using HttpOutcome = std::variant<HttpReply, TransportFailure>;

/// Sends requests to one server. Thread-safe; every call is bounded by its Deadline.
class Transport {
 public:
  virtual ~Transport() = default;

  /// Sends `call` exactly once. Exceptions out of the sink pass through; nothing else is thrown.
  virtual HttpOutcome perform(const HttpCall& call, const Deadline& deadline) = 0;
};

}  // namespace hpe3par::wsapi
