#include "hpe3par_test/private_namespace.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace hpe3par::test {
namespace {

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "FAILED: these tests need a mount and PID namespace of their own: %s: %s%s\n", what,
               std::strerror(errno), ::geteuid() == 0 ? "" : " (they need root)");
  std::exit(1);
}

/// What happens to this process if the one above it dies without a word.
void die_with_parent(pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // 0 is what a parent outside of this PID namespace looks like.
  if (::getppid() != parent && ::getppid() != 0) std::exit(1);
}

void make_private_mounts() {
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) fail("private mounts");
  if (::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) != 0) fail("mount /proc");
  if (::mount("tmpfs", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755") != 0) fail("mount a tmpfs on /run");
}

/// dockerd, losetup and mkfs are there; a user's PATH may not be.
void add_system_programs_to_path() {
  const char* path = std::getenv("PATH");
  ::setenv("PATH", ((path != nullptr ? std::string(path) + ":" : "") + "/usr/sbin:/usr/bin:/sbin:/bin").c_str(), 1);
}

int exit_status(int raw) {
  return WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
}

/// Waits for `child` and buries whoever else dies on the way.
int reap_until(pid_t child) {
  for (;;) {
    int raw = 0;
    const pid_t pid = ::wait(&raw);
    if (pid == child) return exit_status(raw);
    if (pid < 0 && errno != EINTR) return 1;
  }
}

}  // namespace

int run_tests_in_private_namespace(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (GTEST_FLAG_GET(list_tests)) return RUN_ALL_TESTS();
  std::fflush(nullptr);
  const pid_t outside = ::getpid();
  if (::unshare(CLONE_NEWNS | CLONE_NEWPID) != 0) fail("unshare");
  // The first child is process 1 in there. It only waits: a process 1 with tests in it would be deaf to signals.
  const pid_t init = ::fork();
  if (init < 0) fail("fork");
  // Not by return: a leak check at exit would need a thread, and nobody can start one for a PID namespace that is gone.
  if (init > 0) ::_exit(reap_until(init));
  die_with_parent(outside);
  make_private_mounts();
  const pid_t tests = ::fork();
  if (tests < 0) fail("fork");
  if (tests > 0) ::_exit(reap_until(tests));
  add_system_programs_to_path();
  return RUN_ALL_TESTS();
}

}  // namespace hpe3par::test
