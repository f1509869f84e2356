#include "hpe3par/base/service_manager.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>

#include "hpe3par/base/unix_server.h"
#include "hpe3par_test/temp_dir.h"
#include "tests/fakes/notify_socket.h"

namespace hpe3par {
namespace {

/// A socket that hears, and that a ServiceManager made now will talk to.
class Manager : public test::NotifySocket {
 public:
  explicit Manager(const std::string& path) : NotifySocket(path) { ::setenv("NOTIFY_SOCKET", path.c_str(), 1); }
  ~Manager() { ::unsetenv("NOTIFY_SOCKET"); }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;
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
