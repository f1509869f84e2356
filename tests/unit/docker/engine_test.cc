#include "hpe3par/docker/engine.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "hpe3par/base/unique_fd.h"

namespace hpe3par::docker {
namespace {

/// A child process of that name, connected to us; it ends with this object.
class Peer {
 public:
  explicit Peer(const char* name) {
    std::array<int, 2> ends{};
    // SO_PEERCRED tells who called socketpair(), so the child makes the pair and sends us an end.
    std::array<int, 2> way{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, way.data()), 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::prctl(PR_SET_NAME, name);
      ::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data());
      send_descriptor(way[1], ends[0]);
      ::pause();
      ::_exit(0);
    }
    connection_ = UniqueFd(receive_descriptor(way[0]));
    ::close(way[0]);
    ::close(way[1]);
  }
  ~Peer() { end(); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  int connection() const { return connection_.get(); }
  pid_t pid() const { return pid_; }
  void end() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }

 private:
  static void send_descriptor(int way, int fd) {
    char byte = 'x';
    iovec data{&byte, 1};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    *reinterpret_cast<int*>(CMSG_DATA(header)) = fd;
    ::sendmsg(way, &message, 0);
  }
  static int receive_descriptor(int way) {
    char byte = 0;
    iovec data{&byte, 1};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    if (::recvmsg(way, &message, MSG_CMSG_CLOEXEC) != 1) return -1;
    const cmsghdr* header = CMSG_FIRSTHDR(&message);
    return header == nullptr ? -1 : *reinterpret_cast<const int*>(CMSG_DATA(header));
  }

  pid_t pid_ = -1;
  UniqueFd connection_;
};

TEST(Engine, IsToldFromALaterProcess) {
  Peer peer("dockerd");
  const std::string engine = engine_of(peer.connection());
  EXPECT_TRUE(engine.starts_with("dockerd:" + std::to_string(peer.pid()) + ":")) << engine;
  EXPECT_FALSE(engine_is_gone(engine));
  EXPECT_TRUE(engine_is_gone("dockerd:" + std::to_string(peer.pid()) + ":1")) << "an earlier process of that pid";
  peer.end();
  EXPECT_TRUE(engine_is_gone(engine));
}

// A command that mounts and ends leaves a mount that is wanted.
TEST(Engine, IsNoOtherProgram) {
  const Peer peer("podman");
  EXPECT_EQ(engine_of(peer.connection()), "");
  EXPECT_EQ(process_of(peer.connection()), peer.pid());
  EXPECT_FALSE(engine_is_gone(""));
}

TEST(Engine, InAnotherPidNamespaceEndsWithThisProcess) {
  EXPECT_FALSE(engine_is_gone("dockerd:"));
  EXPECT_FALSE(engine_is_gone("nonsense"));
  EXPECT_TRUE(engine_is_gone("outside:1:1"));
}

TEST(Engine, IsUnknownWithoutASocket) {
  EXPECT_EQ(engine_of(-1), "");
  EXPECT_EQ(process_of(-1), std::nullopt);
}

}  // namespace
}  // namespace hpe3par::docker
