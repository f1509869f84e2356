#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "exchange.h"
#include "hpe3par/base/http_engine.h"
#include "hpe3par/base/unique_fd.h"

struct ssl_ctx_st;

namespace hpe3par::sim {

struct Address {
  std::string host;  ///< name, IPv4 or IPv6 address
  int port = 0;      ///< 0: any free one
};

/// Serves HTTP at one address, a thread per connection and a request per connection, and can play dead in several
/// ways. Thread-safe.
class Listener {
 public:
  enum class Mode {
    serve,
    refuse,  ///< connections are refused, those that exist are reset
    hang,    ///< connections are accepted and nothing is ever said on them
  };

  using Service = std::function<HttpResponse(const HttpRequest&, Exchange&)>;
  /// Makes the answer to bytes that are no acceptable request, from status and reason.
  using Refuser = std::function<HttpResponse(int, const std::string&)>;

  /// Listens at once.
  /// @param tls null for plain HTTP
  /// @throws Error unavailable naming the address
  Listener(Address address, Service service, Refuser refuser, std::shared_ptr<ssl_ctx_st> tls = nullptr);

  /// Resets what is under way.
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// The one that was chosen, for port 0.
  int port() const { return address_.port; }

  /// Leaving a mode resets the connections that exist.
  /// @throws Error unavailable: the address cannot be had again
  void set_mode(Mode mode);

  /// For the connections to come.
  void set_tls(std::shared_ptr<ssl_ctx_st> tls);

  /// TLS handshakes that took up an earlier session, since reset_resumed().
  int resumed() const { return resumed_; }
  void reset_resumed() { resumed_ = 0; }

 private:
  struct Connection;

  void accept_loop();
  void accept_one(int listening);
  void run(const std::shared_ptr<Connection>& connection);
  void converse(Connection& connection);
  void answer(Connection& connection, const std::string& request, const std::string& version);
  std::string refusal(int status) const;
  void deliver(Connection& connection, const std::string& bytes, Delivery delivery);
  static void hang(Connection& connection, const std::atomic<bool>* over);
  static void wait_for_peer(const Connection& connection);
  void reset_connections();
  void wake() const;

  Address address_;
  Service service_;
  Refuser refuser_;
  HttpEngine engine_;

  std::mutex mutex_;  // covers what follows
  std::condition_variable changed_;
  std::shared_ptr<ssl_ctx_st> tls_;
  UniqueFd socket_;
  Mode mode_ = Mode::serve;
  bool stopping_ = false;
  std::set<std::shared_ptr<Connection>> connections_;
  std::map<int, Exchange*> exchanges_;  // by connection number
  int last_number_ = 0;

  std::atomic<int> resumed_ = 0;
  UniqueFd wake_;
  std::thread acceptor_;
};

}  // namespace hpe3par::sim
