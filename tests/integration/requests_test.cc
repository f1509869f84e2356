#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <thread>

#include "tests/integration/world.h"

// Callers that do not behave: that write slowly, say nothing, say too much, or hang up.

namespace hpe3par::test {
namespace {

/// A connection on which nothing is sent but what a test wants.
class RawConnection {
 public:
  explicit RawConnection(const std::filesystem::path& socket) : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, socket.c_str(), sizeof address.sun_path - 1);
    connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  RawConnection(RawConnection&& other) noexcept : fd_(std::exchange(other.fd_, -1)), connected_(other.connected_) {}
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;
  RawConnection& operator=(RawConnection&&) = delete;
  ~RawConnection() {
    if (fd_ >= 0) ::close(fd_);
  }

  bool connected() const { return connected_; }
  bool send(const std::string& text) const {
    std::size_t sent = 0;
    while (sent < text.size()) {
      const ssize_t count = ::send(fd_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
      if (count <= 0) return false;
      sent += static_cast<std::size_t>(count);
    }
    return true;
  }
  /// Until the other end closes.
  std::string read_all() const {
    std::string text;
    char bytes[4096];
    for (ssize_t count = 0; (count = ::recv(fd_, bytes, sizeof bytes, 0)) > 0;)
      text.append(bytes, static_cast<std::size_t>(count));
    return text;
  }

 private:
  int fd_;
  bool connected_ = false;
};

std::string request(const std::string& method, const std::string& body) {
  return "POST /VolumeDriver." + method +
         " HTTP/1.1\r\nHost: plugin.moby.localhost\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

TEST(Requests, WrittenSlowlyHoldUpNobody) {
  World world;
  ASSERT_EQ(world.daemon.create("v1", kSmall), "");
  const std::string text = request("Get", R"({"Name":"v1"})");
  std::vector<std::thread> slow;
  std::vector<std::string> answers(20);
  for (std::string& answer : answers)
    slow.emplace_back([&world, &answer, &text] {
      const RawConnection connection(world.daemon.socket());
      for (const char byte : text) {
        if (!connection.send(std::string(1, byte))) return;
        std::this_thread::sleep_for(20ms);
      }
      answer = connection.read_all();
    });
  for (int i = 0; i < 50; ++i) EXPECT_LT(world.daemon.get("v1").elapsed.count(), 1.0);
  for (std::thread& thread : slow) thread.join();
  for (const std::string& answer : answers) EXPECT_NE(answer.find("\"Name\":\"v1\""), std::string::npos) << answer;
  EXPECT_EQ(world.daemon.remove("v1"), "");
  world.leaks.check();
}

TEST(Requests, FiveHundredIdleConnectionsStarveNobody) {
  World world;
  std::vector<RawConnection> idle;
  for (int i = 0; i < 500; ++i) {
    idle.emplace_back(world.daemon.socket());
    ASSERT_TRUE(idle.back().connected()) << i;
    if (i % 2 == 0) {
      EXPECT_TRUE(idle.back().send("POST /VolumeDriver.Mount HTTP/1.1\r\nContent-Le"));
    }
  }
  EXPECT_EQ(world.daemon.create("v1", kSmall), "");
  EXPECT_EQ(world.daemon.mount("v1", "id"), "");
  EXPECT_LT(world.daemon.get("v1").elapsed.count(), 2.0);
  EXPECT_EQ(world.daemon.unmount("v1", "id"), "");
  EXPECT_EQ(world.daemon.remove("v1"), "");
  idle.clear();
  world.leaks.check();
}

TEST(Requests, OfTenMegabytesAreRefusedAndCostNoMemory) {
  World world;
  std::string huge;
  huge.resize(10'000'000, 'x');
  for (int i = 0; i < 5; ++i) {
    const DriverReply reply = world.daemon.call_raw("Create", R"({"Name":"v1","Opts":{"size":")" + huge + "\"}}");
    EXPECT_EQ(reply.status, 413);
    EXPECT_FALSE(reply.ok());
    EXPECT_LT(reply.err.size(), 1000U);
  }
  // Announced and never sent.
  const RawConnection liar(world.daemon.socket());
  EXPECT_TRUE(liar.send("POST /VolumeDriver.Create HTTP/1.1\r\nContent-Length: 4000000000\r\n\r\n{"));
  EXPECT_NE(liar.read_all().find("413"), std::string::npos);
  // The answer is not destroyed by what is still on its way.
  const RawConnection late(world.daemon.socket());
  EXPECT_TRUE(late.send("POST /VolumeDriver.Create HTTP/1.1\r\nContent-Length: 4000000\r\n\r\n{"));
  std::this_thread::sleep_for(50ms);
  EXPECT_TRUE(late.send(std::string(64 * 1024, 'x')));
  EXPECT_NE(late.read_all().find("413"), std::string::npos);
  EXPECT_TRUE(world.daemon.list().empty());
  world.leaks.check();
}

// The engine sends the same again without a body when a connection breaks; nothing of that may count.
TEST(Requests, RepeatedWithAnEmptyBodyChangeNothing) {
  World world;
  ASSERT_EQ(world.daemon.create("v1", kSmall), "");
  ASSERT_EQ(world.daemon.mount("v1", "id"), "");
  for (const char* method : {"Create", "Mount", "Unmount", "Remove", "Get", "Path"}) {
    EXPECT_NE(world.daemon.call_raw(method, "").err, "") << method;
    EXPECT_TRUE(world.daemon.path("v1")) << method;
  }
  EXPECT_EQ(world.daemon.get("v1").json["Volume"]["Status"]["ids"], nlohmann::json({"id"}));
  EXPECT_EQ(world.daemon.unmount("v1", "id"), "");
  EXPECT_EQ(world.daemon.remove("v1"), "");
  world.leaks.check();
}

// Nobody hears of it, and it is done all the same: the engine has given up on it, and will not ask again.
TEST(Requests, WhoseCallerHungUpAreFinishedUnlessTheyMount) {
  World world;
  for (const std::string name : {"unmount", "remove"}) {
    ASSERT_EQ(world.daemon.create(name, kSmall), "");
    ASSERT_EQ(world.daemon.mount(name, "id"), "");
  }
  ASSERT_EQ(world.daemon.unmount("remove", "id"), "");
  world.sim.fault({{"array", "A"}, {"kind", "latency"}, {"delay_ms", 700}, {"count", 0}});
  {
    const RawConnection unmount(world.daemon.socket());
    EXPECT_TRUE(unmount.send(request("Unmount", R"({"Name":"unmount","ID":"id"})")));
    const RawConnection remove(world.daemon.socket());
    EXPECT_TRUE(remove.send(request("Remove", R"({"Name":"remove"})")));
    const RawConnection create(world.daemon.socket());
    EXPECT_TRUE(create.send(request("Create", R"({"Name":"create","Opts":{"size":"1"}})")));
    std::this_thread::sleep_for(200ms);
  }
  EXPECT_TRUE(eventually(10s, [&] { return count_vluns(world.sim) == 0; }));
  EXPECT_TRUE(eventually(10s, [&] { return !world.has_array_volume("dcv-remove"); }));
  EXPECT_TRUE(eventually(10s, [&] { return world.has_array_volume("dcv-create"); }));
  world.sim.clear_faults();
  EXPECT_EQ(world.daemon.remove("unmount"), "");
  EXPECT_EQ(world.daemon.remove("create"), "");
  world.leaks.check();
}

}  // namespace
}  // namespace hpe3par::test
