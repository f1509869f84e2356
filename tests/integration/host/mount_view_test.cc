// The mounts of a process with a mount namespace of its own.
#include "hpe3par/host/mount_view.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "hpe3par/base/error.h"

namespace hpe3par::host {
namespace {

class Child {
 public:
  Child() {
    std::array<int, 2> way{};
    EXPECT_EQ(::pipe(way.data()), 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      const char done = ::unshare(CLONE_NEWNS) == 0 ? 'y' : 'n';
      if (::write(way[1], &done, 1) == 1) ::pause();
      ::_exit(0);
    }
    char done = 'n';
    EXPECT_EQ(::read(way[0], &done, 1), 1);
    EXPECT_EQ(done, 'y') << "this needs root";
    for (const int end : way) ::close(end);
  }
  ~Child() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  int pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
};

TEST(MountViewOfAnotherNamespace, IsReadOffItsMounts) {
  const Child child;
  EXPECT_EQ(view_mount(child.pid(), "/proc"), MountView::seen);
  EXPECT_EQ(view_mount(child.pid(), "/nowhere"), MountView::hidden);
}

// Not under the sanitizers, whose own checks need file descriptors: they report an error and hang.
#ifndef __SANITIZE_ADDRESS__
TEST(MountViewOfAnotherNamespace, IsNotGuessedWithoutFileDescriptors) {
  const Child child;
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  const rlimit none{0, limit.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  EXPECT_THROW(view_mount(child.pid(), "/proc"), Error);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(view_mount(child.pid(), "/proc"), MountView::seen);
}
#endif

}  // namespace
}  // namespace hpe3par::host
