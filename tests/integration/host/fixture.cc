#include "fixture.h"

#include <fcntl.h>
#include <linux/loop.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <vector>

#include "hpe3par/host/mount_info.h"

namespace hpe3par::host {
namespace {

namespace fs = std::filesystem;

// Empty for a device that ends while it is read, which iterators over the stream would throw for.
std::string backing_file(const fs::path& loop) {
  std::ifstream stream(loop / "loop" / "backing_file");
  std::string line;
  std::getline(stream, line);
  return line;
}

[[noreturn]] void live_in_namespace(const std::function<void()>& act, int ready, int alive) {
  if (::unshare(CLONE_NEWNS) != 0) ::_exit(1);
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) ::_exit(2);
  act();
  char byte = 1;
  if (::write(ready, &byte, 1) != 1) ::_exit(3);
  if (::read(alive, &byte, 1) < 0) ::_exit(4);
  ::_exit(0);
}

}  // namespace

OtherNamespace::OtherNamespace(const std::function<void()>& act) {
  std::array<int, 2> ready{};
  std::array<int, 2> alive{};
  if (::pipe2(ready.data(), O_CLOEXEC) != 0 || ::pipe2(alive.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe");
  child_ = ::fork();
  if (child_ == 0) {
    ::close(alive[1]);
    live_in_namespace(act, ready[1], alive[0]);
  }
  ::close(ready[1]);
  ::close(alive[0]);
  alive_.reset(alive[1]);
  const UniqueFd done(ready[0]);
  char byte = 0;
  if (child_ < 0 || ::read(done.get(), &byte, 1) != 1) throw std::runtime_error("the child did not come up");
}

void OtherNamespace::end() {
  if (child_ < 0) return;
  alive_.reset();
  int status = 0;
  ::waitpid(child_, &status, 0);
  child_ = -1;
}

HostTest::HostTest() {
  std::string pattern = (fs::temp_directory_path() / "hpe3par-host-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make " + pattern);
  root_ = fs::canonical(pattern);
}

HostTest::~HostTest() {
  unmount_all();
  clear_loops();
  std::error_code ignored;
  fs::remove_all(root_, ignored);
}

void HostTest::unmount_all() const {
  for (int round = 0; round < 10; ++round) {
    bool found = false;
    for (const auto& entry : read_mount_info()) {
      if (!entry.mountpoint.starts_with(root_.string() + "/")) continue;
      found = true;
      ::umount2(entry.mountpoint.c_str(), UMOUNT_NOFOLLOW);
    }
    if (!found) return;
  }
}

void HostTest::clear_loops() const {
  for (const auto& entry : fs::directory_iterator("/sys/block")) {
    if (!backing_file(entry.path()).starts_with(root_.string() + "/")) continue;
    const UniqueFd fd(::open(("/dev/" + entry.path().filename().string()).c_str(), O_RDONLY | O_CLOEXEC));
    if (fd) ::ioctl(fd.get(), LOOP_CLR_FD, 0);
  }
}

AttachTarget HostTest::target(int number) const {
  std::array<char, 33> wwn{};
  std::snprintf(wwn.data(), wwn.size(), "60002AC0000000000A0066EF%08X", static_cast<unsigned>(number));
  return {wwn.data(), "h1", number, root_ / "array"};
}

fs::path HostTest::lun_path(const AttachTarget& lun) const {
  return lun.loop_dir / "exports" / lun.array_host / lun.wwn;
}

AttachTarget HostTest::add_lun(int number, std::uint64_t size_mib) const {
  auto made = target(number);
  fs::create_directories(lun_path(made).parent_path());
  std::ofstream(lun_path(made)).close();
  fs::resize_file(lun_path(made), size_mib * 1024 * 1024);
  return made;
}

Device HostTest::attach_new(int number, std::uint64_t size_mib) {
  return attacher_->attach(add_lun(number, size_mib), soon());
}

void HostTest::write_at(const std::string& path, std::uint64_t offset, std::string_view bytes) {
  const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  ASSERT_TRUE(fd) << path;
  ASSERT_EQ(::pwrite(fd.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset)),
            static_cast<ssize_t>(bytes.size()));
  ASSERT_EQ(::fsync(fd.get()), 0);
}

std::string HostTest::read_at(const std::string& path, std::uint64_t offset, std::size_t size) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string bytes(size, '\0');
  const ssize_t got = ::pread(fd.get(), bytes.data(), size, static_cast<off_t>(offset));
  bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return bytes;
}

bool HostTest::is_set_up(const Device& device) {
  const fs::path directory = fs::path("/sys/block") / fs::path(device.path).filename();
  std::ifstream stream(directory / "diskseq");
  std::uint64_t sequence = 0;
  return fs::exists(directory / "loop") && (stream >> sequence) && sequence == device.disk_sequence;
}

std::string error_of(ErrorKind kind, const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    EXPECT_EQ(to_string(error.kind()), to_string(kind)) << error.what();
    EXPECT_EQ(std::string_view(error.what()).find('\n'), std::string_view::npos) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return {};
}

}  // namespace hpe3par::host
