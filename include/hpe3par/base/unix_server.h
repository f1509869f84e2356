#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "hpe3par/base/http_engine.h"
#include "hpe3par/base/unique_fd.h"

namespace hpe3par {

/// A pool of threads with a bounded queue.
struct Lane {
  std::size_t threads = 8;  ///< at most; each is started when a request finds no idle one, and ends when not needed
  std::size_t queue = 256;
};

/// An HTTP server on a unix socket, made for one badly behaved client: the Docker engine.
///
/// A single thread accepts and reads; a request goes to a thread of its lane only when it is complete, so slow or
/// silent clients hold no thread. Each connection carries one request and is closed after the response. Threads of
/// different lanes do not wait for each other.
class UnixServer {
 public:
  struct Reply {
    HttpResponse response;
    /// Called after the response was written, or could not be; may be empty.
    std::function<void(bool delivered)> after = {};
  };

  struct Options {
    std::string path;
    unsigned mode = 0600;
    std::vector<Lane> lanes;
    /// Lane number for a request path; called on the reading thread, must not block.
    std::function<std::size_t(std::string_view path)> choose_lane;
    /// Answers a request, on a thread of its lane. Exceptions become a 500.
    std::function<Reply(const HttpRequest&)> handle;
    /// The response to a request that never reaches `handle`: malformed (400), too large (413), lane full (503).
    std::function<HttpResponse(int status, const std::string& reason)> refuse;
    std::size_t max_body = 1024 * 1024;
    /// Threads that were never needed for so long end; one of each lane stays.
    std::chrono::milliseconds idle{60'000};
  };

  /// Binds and listens; a stale socket file is replaced.
  /// @throws Error failed_precondition: another process answers on that socket, or the path cannot be used
  explicit UnixServer(Options options);
  ~UnixServer();
  UnixServer(const UnixServer&) = delete;
  UnixServer& operator=(const UnixServer&) = delete;

  /// Serves until stop() from another thread.
  void start();

  /// Stops accepting, removes the socket file, and waits for running requests at most `patience`.
  /// @return false if some were still running then
  bool stop(std::chrono::milliseconds patience);

  /// True if the client on that connection (HttpRequest::connection) has closed it. A client that only finished sending
  /// is still there. For use inside `handle`.
  static bool peer_gone(int connection);

 private:
  struct Connection;
  struct Queue;

  void read_loop();
  void accept_all();
  void read_from(int fd);
  static bool discard(Connection& connection);
  void dispatch(std::unique_ptr<Connection> connection);
  void add_thread_if_needed(Queue& queue);
  static void end_spare_threads(Queue& queue);
  void refuse(Connection& connection, int status, const std::string& reason);
  void work(Queue& queue, std::list<std::thread>::iterator self);
  void serve(Connection& connection);

  Options options_;
  UniqueFd listener_;
  UniqueFd epoll_;
  UniqueFd wake_;
  std::vector<std::unique_ptr<Connection>> reading_;  // by descriptor; only the reading thread touches it
  std::vector<std::unique_ptr<Queue>> queues_;
  std::unique_ptr<HttpEngine> engine_;
  std::thread reader_;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::size_t> running_ = 0;
};

}  // namespace hpe3par
