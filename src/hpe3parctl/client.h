#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace hpe3par::ctl {

/// Speaks with the admin socket of hpe3pard: docs/admin-api.md. One connection per request.
class Client {
 public:
  /// @param patience for an answer, in seconds
  Client(std::string socket, long patience) : socket_(std::move(socket)), patience_(patience) {}

  /// @param path percent-encoded, "/v1/status"
  /// @return the object in the answer
  /// @throws Failure no daemon there, a refusal of the daemon, or an answer that is not one of its
  nlohmann::json get(const std::string& path) const;

  /// The one who answered sent something that hpe3pard does not send. @param what "no member volumes"
  [[noreturn]] void complain(const std::string& what) const;

 private:
  struct Reply {
    long status = 0;
    std::string body;
  };
  Reply ask(const std::string& path) const;

  std::string socket_;
  long patience_;
};

/// The socket of the daemon of this host: the first of these on which somebody listens, else the first.
/// @param sockets not empty
std::string default_socket(const std::vector<std::string>& sockets = {"/run/hpe3pard/admin.sock",
                                                                      "/var/lib/hpe3pard/admin.sock"});

/// A volume's name as a part of a path.
std::string percent_encoded(const std::string& name);

}  // namespace hpe3par::ctl
