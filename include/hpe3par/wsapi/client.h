#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "hpe3par/base/error.h"
#include "hpe3par/base/secret.h"
#include "hpe3par/wsapi/transport.h"

namespace hpe3par::wsapi {

struct ClientConfig {
  std::string array;  ///< its name in sentences
  std::string url;    ///< http(s)://host[:port]/api/v1
  std::string username;
  Secret password;
  int max_sessions = 4;
};

/// One request of the WSAPI.
struct Request {
  /// May the request be sent again when the first may have been received?
  enum class Repeat {
    freely,       ///< GET, and what has the same effect twice
    if_not_done,  ///< only if it certainly had no effect (never sent, 503, expired session)
  };
  std::string method;
  std::string path;   ///< below /api/v1, percent-encoded: "/volumes/dcv-v1"; "/api" is the only other one
  std::string query;  ///< WSAPI query expression, neither quoted nor encoded; empty: none
  std::string body;   ///< JSON, or empty
  std::string words;  ///< what it is for: "create volume dcv-v1"
  Repeat repeat = Repeat::freely;
  BodySink* sink = nullptr;  ///< for collections
  /// Reads a successful answer. @return what is wrong with it, in words; empty if nothing
  std::function<std::string(const HttpReply&)> read;
};

/// How a request with Repeat::if_not_done ended.
struct Sent {
  enum class Outcome {
    done,
    not_done,  ///< refused by the array, or never received
    unknown,   ///< it may or may not have taken effect, now or a little later
  };
  Outcome outcome = Outcome::done;
  std::optional<Error> error;  ///< unless done: what the array said, or why there is no answer
  /// The outcome is that of the last attempt; one before it was answered 503, or in a session that had expired, which
  /// should have had no effect.
  bool repeated = false;

  bool done() const { return outcome == Outcome::done; }
  /// The array refused it with this code.
  bool refused_with(int code) const { return outcome == Outcome::not_done && error->remote_code() == code; }
};

/// What the last requests told about the array.
struct Health {
  enum class State { connecting, up, unreachable, refused };
  State state = State::connecting;
  WallTime since;
  std::string reason;
};

/// The WSAPI of one array: sessions, repetition, errors. Knows no resource; see volumes.h, hosts.h and so on.
///
/// Sessions are opened on demand, up to max_sessions; further threads queue, first come first served, within their
/// Deadline. An expired session is replaced and the request repeated, once. A refused password is remembered for a few
/// seconds, so that an account is not locked by impatience.
///
/// Errors are sentences that begin with "array <name>: ". An answer that makes no sense counts as no answer.
/// Thread-safe.
class Client {
 public:
  /// Sends nothing. @throws Error invalid_argument: the URL is not http(s)://host[:port]/api/v1
  Client(ClientConfig config, Clock& clock, std::unique_ptr<Transport> transport);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Sends a request that may be repeated freely, until it is answered or the policy gives up.
  /// @throws Error what the array said, or unavailable, deadline_exceeded, aborted, unauthenticated, resource_exhausted
  void send(const Request& request, const Deadline& deadline);

  /// Sends a request that must not take effect twice. Does not throw for what comes of it.
  Sent send_once(const Request& request, const Deadline& deadline);

  const std::string& array() const;
  Health health() const;
  int sessions_open() const;
  std::string local_address() const;

  /// The array's clock, as its last answer told it; empty before the first, or if it tells no time.
  std::optional<WallTime> array_time() const;

  /// From now on a new session is used only if the array that gave it has this serial number; that costs a request
  /// after a session that ended. Empty: any array will do.
  void expect_serial(const std::string& serial_number);

  /// Ends sessions that were idle for a minute, down to one; or all idle ones. Errors are ignored.
  void close_idle_sessions(bool all, const Deadline& deadline);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// Requests sent so far by the calling thread, logins included.
std::uint64_t requests_of_this_thread();

}  // namespace hpe3par::wsapi
