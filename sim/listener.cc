#include "listener.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "channel.h"
#include "hpe3par/base/error.h"
#include "hpe3par/base/http_framer.h"
#include "hpe3par/base/log.h"
#include "socket.h"

namespace hpe3par::sim {
namespace {

constexpr std::size_t kMaxConnections = 1000;
constexpr std::size_t kMaxBody = 4 * 1024 * 1024;
constexpr int kIdleSeconds = 30;
constexpr int kDrainSeconds = 2;
constexpr int kReadSize = 16 * 1024;

std::string status_line(const HttpResponse& response) {
  const char* reason = response.status == 413   ? " Payload Too Large"
                       : response.status == 414 ? " URI Too Long"
                                                : " Bad Request";
  return "HTTP/1.1 " + std::to_string(response.status) + reason;
}

// Only for what never reaches the engine.
std::string formatted(const HttpResponse& response) {
  std::string bytes = status_line(response) + "\r\nConnection: close\r\n";
  for (const auto& [name, value] : response.headers) bytes.append(name).append(": ").append(value).append("\r\n");
  bytes.append("Content-Type: ").append(response.content_type).append("\r\nContent-Length: ");
  return bytes.append(std::to_string(response.body.size())).append("\r\n\r\n").append(response.body);
}

void drain(int eventfd) {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t size = ::read(eventfd, &count, sizeof count);
}

// Half of the body is missing, so that a client notices by the length or by the JSON.
std::string_view cut(std::string_view bytes) {
  const std::size_t head = bytes.find("\r\n\r\n");
  if (head == std::string_view::npos) return bytes;
  const std::size_t body_start = head + 4;
  return bytes.substr(0, body_start + (bytes.size() - body_start) / 2);
}

}  // namespace

struct Listener::Connection {
  UniqueFd fd;
  int number = 0;
  std::unique_ptr<Channel> channel;
  std::atomic<bool> aborted = false;
  bool silent = false;
};

Listener::Listener(Address address, Service service, Refuser refuser, std::shared_ptr<ssl_ctx_st> tls)
    : address_(std::move(address)),
      service_(std::move(service)),
      refuser_(std::move(refuser)),
      engine_([this](const HttpRequest& request) {
        Exchange* exchange = nullptr;
        {
          const std::lock_guard guard(mutex_);
          exchange = exchanges_.at(request.connection);
        }
        exchange->served = true;
        return service_(request, *exchange);
      }),
      tls_(std::move(tls)),
      socket_(listen_at(address_)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      acceptor_([this] { accept_loop(); }) {}

Listener::~Listener() {
  {
    const std::lock_guard guard(mutex_);
    stopping_ = true;
    reset_connections();
  }
  changed_.notify_all();
  wake();
  acceptor_.join();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return connections_.empty(); });
}

void Listener::set_mode(Mode mode) {
  const std::lock_guard guard(mutex_);
  if (mode == mode_) return;
  if (mode == Mode::refuse) {
    // Closing alone would not do: as long as the acceptor polls it, the socket goes on taking connections.
    ::shutdown(socket_.get(), SHUT_RDWR);
    socket_.reset();
  }
  if (mode_ == Mode::refuse) socket_ = listen_at(address_);
  mode_ = mode;
  reset_connections();
  wake();
}

void Listener::set_tls(std::shared_ptr<ssl_ctx_st> tls) {
  const std::lock_guard guard(mutex_);
  tls_ = std::move(tls);
}

void Listener::wake() const {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(wake_.get(), &one, sizeof one);
}

// Ends blocked reads without a farewell; each connection's thread then closes with a reset.
void Listener::reset_connections() {
  for (const std::shared_ptr<Connection>& connection : connections_) {
    connection->aborted = true;
    ::shutdown(connection->fd.get(), SHUT_RD);
  }
}

void Listener::accept_loop() {
  while (true) {
    pollfd waiting[2] = {{.fd = wake_.get(), .events = POLLIN, .revents = 0},
                         {.fd = -1, .events = POLLIN, .revents = 0}};
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || connections_.size() < kMaxConnections; });
      if (stopping_) return;
      waiting[1].fd = socket_ ? socket_.get() : -1;
    }
    ::poll(waiting, 2, -1);
    if ((waiting[0].revents & POLLIN) != 0) drain(wake_.get());
    if (waiting[1].revents != 0) accept_one(waiting[1].fd);
  }
}

void Listener::accept_one(int listening) {
  auto connection = std::make_shared<Connection>();
  {
    const std::lock_guard guard(mutex_);
    // The socket may have been closed since, and its number given to something else.
    if (!socket_ || socket_.get() != listening) return;
    connection->fd.reset(::accept4(listening, nullptr, nullptr, SOCK_CLOEXEC));
    if (!connection->fd) return;
    connection->number = ++last_number_;
    connection->silent = mode_ == Mode::hang;
    connections_.insert(connection);
  }
  std::thread([this, connection] { run(connection); }).detach();
}

void Listener::run(const std::shared_ptr<Connection>& connection) {
  try {
    converse(*connection);
  } catch (const std::exception& error) {
    log(LogLevel::error, "connection failed inside the simulator", {{"error", error.what()}});
  }
  connection->channel.reset();
  if (connection->aborted) reset_on_close(connection->fd.get());
  // Notified under the lock: as soon as it is released with no connection left, this object may be gone.
  const std::lock_guard guard(mutex_);
  connection->fd.reset();
  connections_.erase(connection);
  changed_.notify_all();
}

void Listener::converse(Connection& connection) {
  if (connection.silent) return wait_for_peer(connection);
  set_timeouts(connection.fd.get(), kIdleSeconds);
  std::shared_ptr<ssl_ctx_st> tls;
  {
    const std::lock_guard guard(mutex_);
    tls = tls_;
  }
  connection.channel = make_channel(connection.fd.get(), tls.get());
  if (!connection.channel->open()) return;
  if (connection.channel->resumed()) ++resumed_;
  HttpFramer framer(kMaxBody);
  char buffer[kReadSize];
  while (framer.state() == HttpFramer::State::incomplete) {
    const long count = connection.channel->read(buffer, kReadSize);
    if (count <= 0) return;
    framer.feed({buffer, static_cast<std::size_t>(count)});
  }
  if (framer.state() == HttpFramer::State::complete)
    answer(connection, framer.request(), std::string(framer.version()));
  else if (framer.state() == HttpFramer::State::too_large)
    deliver(connection, refusal(413), Delivery::answer);
  else
    deliver(connection, refusal(400), Delivery::answer);
}

void Listener::answer(Connection& connection, const std::string& request, const std::string& version) {
  if (connection.aborted) return;
  Exchange exchange{.http_version = version};
  {
    const std::lock_guard guard(mutex_);
    exchanges_[connection.number] = &exchange;
  }
  std::string bytes;
  engine_.serve(request, peer_address(connection.fd.get()), connection.number, [&bytes](std::string_view part) {
    bytes.append(part);
    return true;
  });
  {
    const std::lock_guard guard(mutex_);
    exchanges_.erase(connection.number);
  }
  // What the engine refuses by itself has no body, and clients expect JSON.
  if (!exchange.served) bytes = refusal(bytes.starts_with("HTTP/1.1 414") ? 414 : 400);
  if (exchange.delivery == Delivery::hang) return hang(connection, exchange.hang_over.get());
  deliver(connection, bytes, exchange.delivery);
}

std::string Listener::refusal(int status) const {
  return formatted(refuser_(status, status == 400 ? "not an HTTP request" : "input is too long"));
}

void Listener::deliver(Connection& connection, const std::string& bytes, Delivery delivery) {
  if (connection.aborted) return;
  if (delivery == Delivery::reset) {
    connection.aborted = true;
    return;
  }
  if (!connection.channel->write(delivery == Delivery::cut ? cut(bytes) : bytes)) return;
  connection.channel->finish();
  // Closing while the peer still sends would make its kernel throw away the answer.
  set_timeouts(connection.fd.get(), kDrainSeconds);
  wait_for_peer(connection);
}

void Listener::hang(Connection& connection, const std::atomic<bool>* over) {
  constexpr int kLookEveryMs = 50;
  pollfd waiting{.fd = connection.fd.get(), .events = POLLIN, .revents = 0};
  char ignored[1024];
  while (!connection.aborted) {
    if (over != nullptr && *over) {
      connection.aborted = true;
    } else if (::poll(&waiting, 1, kLookEveryMs) > 0 && ::recv(waiting.fd, ignored, sizeof ignored, 0) <= 0) {
      return;
    }
  }
}

void Listener::wait_for_peer(const Connection& connection) {
  char ignored[1024];
  while (!connection.aborted && ::recv(connection.fd.get(), ignored, sizeof ignored, 0) > 0) {
  }
}

}  // namespace hpe3par::sim
