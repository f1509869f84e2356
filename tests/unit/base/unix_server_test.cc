#include "hpe3par/base/unix_server.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <filesystem>
#include <latch>
#include <mutex>
#include <set>
#include <thread>

#include "hpe3par/base/error.h"

namespace hpe3par {
namespace {

using namespace std::chrono_literals;

std::string socket_path() {
  return (std::filesystem::temp_directory_path() / ("h3p-test-" + std::to_string(getpid()) + ".sock")).string();
}

UniqueFd connect_to(const std::string& path) {
  UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  EXPECT_EQ(connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  return fd;
}

void send_text(const UniqueFd& fd, std::string_view text) {
  send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL);
}

std::string receive_all(const UniqueFd& fd) {
  std::string text;
  char bytes[4096];
  for (ssize_t count = 0; (count = recv(fd.get(), bytes, sizeof bytes, 0)) > 0;)
    text.append(bytes, static_cast<std::size_t>(count));
  return text;
}

std::string ask(const std::string& path, std::string_view request) {
  const UniqueFd fd = connect_to(path);
  send_text(fd, request);
  return receive_all(fd);
}

UnixServer::Options options_with(std::function<UnixServer::Reply(const HttpRequest&)> handle) {
  UnixServer::Options options;
  options.path = socket_path();
  options.lanes = {{2, 8}, {1, 1}};
  options.choose_lane = [](std::string_view path) { return path == "/slow" ? 1U : 0U; };
  options.handle = std::move(handle);
  options.refuse = [](int status, const std::string& reason) {
    return HttpResponse{.status = status, .content_type = "application/json", .body = "{\"Err\":\"" + reason + "\"}"};
  };
  options.max_body = 1000;
  return options;
}

TEST(UnixServer, AnswersAPostWithoutContentLengthAtOnce) {
  UnixServer server(options_with([](const HttpRequest& request) {
    return UnixServer::Reply{HttpResponse{.content_type = "text/plain", .body = "path " + request.path}};
  }));
  server.start();
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(ask(socket_path(), "POST /x HTTP/1.1\r\nHost: h\r\n\r\n").ends_with("path /x"));
  EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
}

TEST(UnixServer, SilentConnectionsHoldNoThread) {
  UnixServer server(options_with([](const HttpRequest&) { return UnixServer::Reply{}; }));
  server.start();
  std::vector<UniqueFd> silent;
  for (int i = 0; i < 100; ++i) {
    silent.push_back(connect_to(socket_path()));
    send_text(silent.back(), "POST /x HTTP/1.1\r\n");
  }
  EXPECT_TRUE(ask(socket_path(), "POST /x HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 200"));
}

TEST(UnixServer, ABusyLaneDoesNotHoldUpTheOtherAndRefusesWhenFull) {
  std::latch release(1);
  UnixServer server(options_with([&](const HttpRequest& request) {
    if (request.path == "/slow") release.wait();
    return UnixServer::Reply{};
  }));
  server.start();
  std::vector<UniqueFd> slow;
  for (int i = 0; i < 2; ++i) {  // one is served, one waits
    slow.push_back(connect_to(socket_path()));
    send_text(slow.back(), "POST /slow HTTP/1.1\r\n\r\n");
    std::this_thread::sleep_for(100ms);
  }
  EXPECT_TRUE(ask(socket_path(), "POST /fast HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 200"));
  EXPECT_NE(ask(socket_path(), "POST /slow HTTP/1.1\r\n\r\n").find("busy: 1 requests"), std::string::npos);
  release.count_down();
  for (const UniqueFd& fd : slow) EXPECT_TRUE(receive_all(fd).starts_with("HTTP/1.1 200"));
}

TEST(UnixServer, StartsThreadsAsTheyAreNeededUpToTheLimit) {
  std::latch release(1);
  std::mutex mutex;
  std::set<std::thread::id> seen;
  UnixServer::Options options = options_with([&](const HttpRequest& request) {
    {
      const std::lock_guard hold(mutex);
      seen.insert(std::this_thread::get_id());
    }
    if (request.path == "/wait") release.wait();
    return UnixServer::Reply{};
  });
  options.lanes = {{5, 20}};
  UnixServer server(std::move(options));
  server.start();
  for (int i = 0; i < 3; ++i) {
    ask(socket_path(), "POST /x HTTP/1.1\r\n\r\n");
    std::this_thread::sleep_for(20ms);  // until the thread is idle again
  }
  EXPECT_EQ(seen.size(), 1U);
  std::vector<UniqueFd> waiting;
  for (int i = 0; i < 20; ++i) {
    waiting.push_back(connect_to(socket_path()));
    send_text(waiting.back(), "POST /wait HTTP/1.1\r\n\r\n");
  }
  std::this_thread::sleep_for(100ms);
  release.count_down();
  for (const UniqueFd& fd : waiting) EXPECT_TRUE(receive_all(fd).starts_with("HTTP/1.1 200"));
  EXPECT_EQ(seen.size(), 5U);
}

std::ptrdiff_t threads_of_this_process() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return std::distance(begin(tasks), end(tasks));
}

TEST(UnixServer, ThreadsThatAreNotNeededAnyMoreEndAllButOne) {
  std::latch release(1);
  UnixServer::Options options = options_with([&](const HttpRequest& request) {
    if (request.path == "/wait") release.wait();
    return UnixServer::Reply{};
  });
  options.lanes = {{5, 20}};
  options.idle = 100ms;
  UnixServer server(std::move(options));
  server.start();
  const std::ptrdiff_t before = threads_of_this_process();
  std::vector<UniqueFd> waiting;
  for (int i = 0; i < 5; ++i) {
    waiting.push_back(connect_to(socket_path()));
    send_text(waiting.back(), "POST /wait HTTP/1.1\r\n\r\n");
  }
  const auto eventually = [](auto condition) {
    const auto end = std::chrono::steady_clock::now() + 15s;
    while (!condition() && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(20ms);
    return condition();
  };
  EXPECT_TRUE(eventually([&] { return threads_of_this_process() == before + 5; }));
  release.count_down();
  for (const UniqueFd& fd : waiting) EXPECT_TRUE(receive_all(fd).starts_with("HTTP/1.1 200"));
  EXPECT_TRUE(eventually([&] { return threads_of_this_process() == before + 1; })) << threads_of_this_process();
  EXPECT_TRUE(ask(socket_path(), "POST /x HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 200"));
}

TEST(UnixServer, TellsTheHandlerAndTheAfterworkThatThePeerIsGone) {
  std::latch started(1);
  std::latch noticed(1);
  std::latch told(1);
  std::atomic<bool> delivered = true;
  UnixServer server(options_with([&](const HttpRequest& request) {
    EXPECT_FALSE(UnixServer::peer_gone(request.connection));
    started.count_down();
    while (!UnixServer::peer_gone(request.connection)) std::this_thread::sleep_for(5ms);
    noticed.count_down();
    return UnixServer::Reply{HttpResponse{}, [&](bool ok) {
                               delivered = ok;
                               told.count_down();
                             }};
  }));
  server.start();
  UniqueFd fd = connect_to(socket_path());
  send_text(fd, "POST /x HTTP/1.1\r\n\r\n");
  started.wait();
  fd.reset();
  noticed.wait();
  told.wait();
  EXPECT_FALSE(delivered);
}

TEST(UnixServer, RefusesTooLargeAndMalformedRequestsWithJson) {
  UnixServer server(options_with([](const HttpRequest&) { return UnixServer::Reply{}; }));
  server.start();
  const std::string large =
      ask(socket_path(), "POST /x HTTP/1.1\r\nContent-Length: 5000\r\n\r\n" + std::string(5000, 'x'));
  EXPECT_TRUE(large.starts_with("HTTP/1.1 413"));
  EXPECT_NE(large.find("larger than 1000 bytes"), std::string::npos);
  const std::string head = ask(socket_path(), "POST /x HTTP/1.1\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n");
  EXPECT_TRUE(head.starts_with("HTTP/1.1 413"));
  EXPECT_NE(head.find("the header of the request is larger than 16384 bytes"), std::string::npos);
  EXPECT_TRUE(ask(socket_path(), "nonsense\r\n\r\n").starts_with("HTTP/1.1 400"));
}

TEST(UnixServer, ReplacesAStaleSocketButNotALivingOneNorAFile) {
  auto first = std::make_unique<UnixServer>(options_with([](const HttpRequest&) { return UnixServer::Reply{}; }));
  first->start();
  EXPECT_THROW(UnixServer{options_with([](const HttpRequest&) { return UnixServer::Reply{}; })}, Error);
  first.reset();
  EXPECT_FALSE(std::filesystem::exists(socket_path()));
  {
    UniqueFd stale(socket(AF_UNIX, SOCK_STREAM, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    socket_path().copy(address.sun_path, sizeof address.sun_path - 1);
    ASSERT_EQ(bind(stale.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  EXPECT_NO_THROW(UnixServer{options_with([](const HttpRequest&) { return UnixServer::Reply{}; })});
}

}  // namespace
}  // namespace hpe3par
