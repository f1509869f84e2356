#include "hpe3par/base/unix_server.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>

#include "hpe3par/base/error.h"
#include "hpe3par/base/http_framer.h"
#include "hpe3par/base/log.h"

namespace hpe3par {
namespace {

using std::chrono::steady_clock;

// A client has this long to send its request, and that long to take each part of the answer.
constexpr std::chrono::seconds kReadPatience{60};
constexpr int kDiscardTurns = 64;
constexpr std::size_t kMaxDiscarded = 64 << 20;
constexpr int kWritePatienceMs = 10'000;
constexpr int kBacklog = 512;

// What the handler of the request that this thread serves wants to be told about the delivery.
thread_local std::function<void(bool)> after_delivery;

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    throw Error(ErrorKind::failed_precondition, "the socket path " + path + " is longer than " +
                                                    std::to_string(sizeof address.sun_path - 1) + " bytes");
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

bool somebody_answers(const sockaddr_un& address) {
  const UniqueFd probe(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  return connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 || errno == EAGAIN;
}

UniqueFd listen_on(const std::string& path, unsigned mode) {
  const sockaddr_un address = address_of(path);
  const auto fail = [&](const std::string& what) {
    throw Error(ErrorKind::failed_precondition, "cannot " + what + " the socket " + path + ": " + std::strerror(errno));
  };
  if (somebody_answers(address))
    throw Error(ErrorKind::failed_precondition,
                "another process already serves " + path + "; stop it, or give this one another path");
  struct stat status {};
  if (lstat(path.c_str(), &status) == 0) {
    if (!S_ISSOCK(status.st_mode))
      throw Error(ErrorKind::failed_precondition, path + " exists and is not a socket; remove it or give another path");
    unlink(path.c_str());
  }
  UniqueFd listener(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const mode_t before = umask(0777U & ~mode);
  const int bound = bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  umask(before);
  if (bound != 0) fail("bind");
  if (listen(listener.get(), kBacklog) != 0) fail("listen on");
  return listener;
}

// Writes everything to a non-blocking socket, waiting at most kWritePatienceMs for room each time.
bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {
      pollfd writable{fd, POLLOUT, 0};
      if (poll(&writable, 1, kWritePatienceMs) <= 0) return false;
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

std::string status_line(int status) {
  switch (status) {
    case 413: return "HTTP/1.1 413 Payload Too Large\r\n";
    case 503: return "HTTP/1.1 503 Service Unavailable\r\n";
    default: return "HTTP/1.1 " + std::to_string(status) + (status == 200 ? " OK\r\n" : " Bad Request\r\n");
  }
}

}  // namespace

struct UnixServer::Connection {
  Connection(UniqueFd socket, std::size_t max_body) : fd(std::move(socket)), framer(max_body) {}

  UniqueFd fd;
  HttpFramer framer;
  steady_clock::time_point since = steady_clock::now();
  bool refused = false;       // it has its answer, and may still be sending
  std::size_t discarded = 0;  // bytes since then
};

struct UnixServer::Queue {
  std::size_t limit = 0;
  std::size_t max_threads = 0;
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<std::unique_ptr<Connection>> waiting;
  std::size_t idle = 0;            // threads that wait for a request
  std::size_t least_idle = 0;      // since end_spare_threads(): so many were never needed
  std::size_t spare = 0;           // threads that are to end
  std::list<std::thread> threads;  // added to by the reading thread only
  std::list<std::thread> ended;    // to be joined
};

UnixServer::UnixServer(Options options)
    : options_(std::move(options)),
      listener_(listen_on(options_.path, options_.mode)),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  engine_ = std::make_unique<HttpEngine>(
      [this](const HttpRequest& request) {
        Reply reply = options_.handle(request);
        after_delivery = std::move(reply.after);
        return std::move(reply.response);
      },
      options_.refuse);
  for (const int fd : {listener_.get(), wake_.get()}) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
  }
}

UnixServer::~UnixServer() {
  stop(std::chrono::milliseconds(0));
  for (const auto& queue : queues_) {
    queue->threads.splice(queue->threads.end(), queue->ended);
    for (std::thread& thread : queue->threads)
      if (thread.joinable()) thread.join();
  }
}

void UnixServer::start() {
  for (const Lane& lane : options_.lanes) {
    auto& queue = *queues_.emplace_back(std::make_unique<Queue>());
    queue.limit = lane.queue;
    queue.max_threads = lane.threads;
  }
  reader_ = std::thread([this] { read_loop(); });
}

bool UnixServer::stop(std::chrono::milliseconds patience) {
  if (!stopping_.exchange(true)) {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(wake_.get(), &one, sizeof one);
    if (reader_.joinable()) reader_.join();
    listener_.reset();
    unlink(options_.path.c_str());
    for (const auto& queue : queues_) {
      const std::lock_guard hold(queue->mutex);
      queue->wake.notify_all();
    }
  }
  const auto end = steady_clock::now() + patience;
  while (running_ > 0 && steady_clock::now() < end) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  return running_ == 0;
}

bool UnixServer::peer_gone(int connection) {
  pollfd watched{connection, 0, 0};  // POLLHUP is always reported: both directions are closed
  return poll(&watched, 1, 0) > 0 && (watched.revents & (POLLHUP | POLLERR)) != 0;
}

// ---- the reading thread ----

void UnixServer::read_loop() {
  std::array<epoll_event, 64> events{};
  auto swept = steady_clock::now();
  auto thinned = swept;
  while (!stopping_) {
    const int count = epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), 1'000);
    for (int i = 0; i < count; ++i) {
      const int fd = events[static_cast<std::size_t>(i)].data.fd;
      if (fd == listener_.get()) {
        accept_all();
      } else if (fd != wake_.get()) {
        read_from(fd);
      }
    }
    if (steady_clock::now() - swept < std::chrono::seconds(1)) continue;
    swept = steady_clock::now();
    for (auto& connection : reading_)
      if (connection && swept - connection->since > kReadPatience) connection.reset();
    if (swept - thinned < options_.idle) continue;
    thinned = swept;
    for (const auto& queue : queues_) end_spare_threads(*queue);
  }
  reading_.clear();
}

void UnixServer::accept_all() {
  while (true) {
    UniqueFd fd(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!fd) {
      // Out of descriptors: leave the rest in the backlog for a moment instead of spinning.
      if (errno == EMFILE || errno == ENFILE) std::this_thread::sleep_for(std::chrono::milliseconds(20));
      return;
    }
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd.get();
    epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd.get(), &event);
    const auto slot = static_cast<std::size_t>(fd.get());
    if (reading_.size() <= slot) reading_.resize(slot + 1);
    reading_[slot] = std::make_unique<Connection>(std::move(fd), options_.max_body);
  }
}

void UnixServer::read_from(int fd) {
  auto& slot = reading_[static_cast<std::size_t>(fd)];
  if (!slot) return;
  if (slot->refused) {
    if (!discard(*slot)) slot.reset();
    return;
  }
  std::array<char, 16 * 1024> bytes;
  while (true) {
    const ssize_t count = recv(fd, bytes.data(), bytes.size(), 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count <= 0) return slot.reset();
    if (slot->framer.feed({bytes.data(), static_cast<std::size_t>(count)}) != HttpFramer::State::incomplete) break;
  }
  switch (slot->framer.state()) {
    case HttpFramer::State::malformed: return refuse(*slot, 400, "this is not an HTTP/1.1 request");
    case HttpFramer::State::too_large: return refuse(*slot, 413, slot->framer.why_too_large());
    default: break;
  }
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
  dispatch(std::move(slot));
}

// A close while the rest is on its way would destroy the answer, so it is read and thrown away: some at a time, so that
// others get their turn, and not for ever. @return false: the connection is done with
bool UnixServer::discard(Connection& connection) {
  std::array<char, 16 * 1024> bytes;
  for (int turn = 0; turn < kDiscardTurns; ++turn) {
    const ssize_t count = recv(connection.fd.get(), bytes.data(), bytes.size(), 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    if (count <= 0) return false;
    connection.discarded += static_cast<std::size_t>(count);
  }
  return connection.discarded < kMaxDiscarded;
}

void UnixServer::dispatch(std::unique_ptr<Connection> connection) {
  Queue& queue = *queues_[std::min(options_.choose_lane(connection->framer.path()), queues_.size() - 1)];
  {
    const std::lock_guard hold(queue.mutex);
    add_thread_if_needed(queue);
    if (queue.waiting.size() < queue.idle + queue.limit) {
      queue.waiting.push_back(std::move(connection));
      queue.wake.notify_one();
      return;
    }
  }
  refuse(*connection, 503, "busy: " + std::to_string(queue.limit) + " requests are waiting already; retry");
}

// A thread counts as idle from its birth, and until it has taken a request off the queue.
void UnixServer::add_thread_if_needed(Queue& queue) {
  if (queue.idle > queue.waiting.size() || queue.threads.size() >= queue.max_threads) return;
  const auto self = queue.threads.emplace(queue.threads.end());
  try {
    *self = std::thread([this, &queue, self] { work(queue, self); });
    ++queue.idle;
  } catch (const std::system_error& error) {  // the machine has none left: what waits is served when another is free
    queue.threads.erase(self);
    log(LogLevel::error, "no further thread", {{"running", queue.threads.size()}, {"reason", error.what()}});
  }
}

// Which thread takes a request is not ours to say, so each of many would be used now and then. How many were never
// needed at the same time is known all the same.
void UnixServer::end_spare_threads(Queue& queue) {
  std::list<std::thread> ended;
  {
    const std::lock_guard hold(queue.mutex);
    ended.swap(queue.ended);
    const bool all = queue.least_idle == queue.threads.size();
    queue.spare = queue.least_idle - (all && queue.least_idle > 0 ? 1 : 0);
    queue.least_idle = queue.idle;
    if (queue.spare > 0) queue.wake.notify_all();
  }
  for (std::thread& thread : ended) thread.join();
}

// Short and written without waiting: the reading thread must not be held up.
void UnixServer::refuse(Connection& connection, int status, const std::string& reason) {
  const HttpResponse response = options_.refuse(status, reason);
  const std::string text = status_line(response.status) +
                           "Connection: close\r\nContent-Type: " + response.content_type +
                           "\r\nContent-Length: " + std::to_string(response.body.size()) + "\r\n\r\n" + response.body;
  [[maybe_unused]] const ssize_t sent = send(connection.fd.get(), text.data(), text.size(), MSG_NOSIGNAL);
  shutdown(connection.fd.get(), SHUT_WR);
  connection.refused = true;
}

// ---- the lanes ----

void UnixServer::work(Queue& queue, std::list<std::thread>::iterator self) {
  while (true) {
    std::unique_ptr<Connection> connection;
    {
      std::unique_lock hold(queue.mutex);
      queue.wake.wait(hold, [&] { return stopping_ || !queue.waiting.empty() || queue.spare > 0; });
      if (stopping_) return;
      if (queue.waiting.empty()) {
        --queue.spare;
        --queue.idle;
        queue.least_idle = std::min(queue.least_idle, queue.idle);
        queue.ended.splice(queue.ended.end(), queue.threads, self);
        return;
      }
      connection = std::move(queue.waiting.front());
      queue.waiting.pop_front();
      --queue.idle;
      queue.least_idle = std::min(queue.least_idle, queue.idle);
      ++running_;
    }
    serve(*connection);
    connection.reset();
    --running_;
    const std::lock_guard hold(queue.mutex);
    ++queue.idle;
  }
}

void UnixServer::serve(Connection& connection) {
  const int fd = connection.fd.get();
  after_delivery = nullptr;
  const bool written = engine_->serve(connection.framer.request(), "", fd,
                                      [fd](std::string_view bytes) { return !peer_gone(fd) && write_all(fd, bytes); });
  if (!after_delivery) return;
  try {
    std::exchange(after_delivery, nullptr)(written);
  } catch (const std::exception& error) {
    log(LogLevel::error, "after a response", {{"reason", error.what()}});
  }
}

}  // namespace hpe3par
