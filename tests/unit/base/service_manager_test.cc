#include "hpe3par/base/service_manager.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>

#include "hpe3par/base/unique_fd.h"
#include "hpe3par/base/unix_server.h"
#include "hpe3par_test/temp_dir.h"

namespace hpe3par {
namespace {

/// What systemd is to a service.
class Manager {
 public:
  explicit Manager(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::memcpy(name.sun_path, path.data(), path.size());
    EXPECT_EQ(::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name), 0);
    const timeval patience{.tv_sec = 20, .tv_usec = 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
  }
  ~Manager() { ::unsetenv("NOTIFY_SOCKET"); }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  std::string hear() {
    std::array<char, 256> text;
    const ssize_t size = ::recv(fd_.get(), text.data(), text.size(), 0);
    return size < 0 ? "" : std::string(text.data(), static_cast<std::size_t>(size));
  }

 private:
  UniqueFd fd_;
};

class ServiceManagerTest : public testing::Test {
 protected:
  std::string path() const { return (directory_.path() / "notify").string(); }
  test::TempDir directory_;
};

TEST_F(ServiceManagerTest, HearsOfTheBeginAndTheEnd) {
  Manager manager(path());
  ServiceManager told;
  EXPECT_EQ(std::getenv("NOTIFY_SOCKET"), nullptr) << "other programs must not speak for this one";
  told.ready([] { return true; });
  told.stopping();
  EXPECT_EQ(manager.hear(), "READY=1");
  EXPECT_EQ(manager.hear(), "STOPPING=1");
}

TEST_F(ServiceManagerTest, HearsRegularlyOnlyWhileThereAreSignsOfLife) {
  Manager manager(path());
  ::setenv("WATCHDOG_USEC", "3000", 1);
  ServiceManager told;
  std::atomic<int> asked = 0;
  told.ready([&] { return ++asked == 2; });
  EXPECT_EQ(manager.hear(), "READY=1");
  EXPECT_EQ(manager.hear(), "WATCHDOG=1");
  EXPECT_GE(asked, 2) << "the first time there was none";
  told.stopping();
  EXPECT_EQ(manager.hear(), "STOPPING=1");
}

TEST_F(ServiceManagerTest, NobodyIsToldWithoutOne) {
  ServiceManager told;
  told.ready([] { return true; });
  told.stopping();
}

TEST(WatchdogInterval, IsAThirdOfThePatience) {
  EXPECT_EQ(watchdog_interval("120000000"), Millis(40'000));
  EXPECT_EQ(watchdog_interval("600"), Millis(1'000)) << "not more often than that";
  for (const char* none : {static_cast<const char*>(nullptr), "", "0", "-1", "1s", "99999999999999999999999"})
    EXPECT_FALSE(watchdog_interval(none)) << (none == nullptr ? "(absent)" : none);
}

TEST(Answers, TellsAPluginThatServesFromOneThatDoesNot) {
  const test::TempDir directory;
  UnixServer::Options options;
  options.path = (directory.path() / "hpe.sock").string();
  EXPECT_FALSE(answers(options.path));
  std::atomic<int> status = 200;
  options.lanes = {{1, 8}};
  options.choose_lane = [](std::string_view) { return std::size_t{0}; };
  options.handle = [&](const HttpRequest& request) {
    EXPECT_EQ(request.path, "/VolumeDriver.Capabilities");
    return UnixServer::Reply{{.status = status, .body = "{}"}};
  };
  UnixServer server(options);
  server.start();
  EXPECT_TRUE(answers(options.path));
  status = 503;
  EXPECT_FALSE(answers(options.path));
  server.stop(Millis(1'000));
  EXPECT_FALSE(answers(options.path));
}

}  // namespace
}  // namespace hpe3par
