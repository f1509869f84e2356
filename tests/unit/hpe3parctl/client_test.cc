#include "client.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>

#include "hpe3par/base/unique_fd.h"
#include "hpe3par_test/temp_dir.h"

namespace hpe3par::ctl {
namespace {

/// @return what listens there for as long as it lives; the file stays
UniqueFd listen_on(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(listen(fd.get(), 1), 0);
  return fd;
}

TEST(DefaultSocket, IsTheFirstOnWhichSomebodyListens) {
  const test::TempDir directory;
  const std::string service = directory / "service.sock";
  const std::string plugin = directory / "plugin.sock";
  EXPECT_EQ(default_socket({service, plugin}), service) << "to say that it is not there";
  { const UniqueFd of_a_service_that_was_stopped = listen_on(service); }
  const UniqueFd listens = listen_on(plugin);
  EXPECT_EQ(default_socket({service, plugin}), plugin);
  EXPECT_EQ(default_socket({plugin, service}), plugin);
}

}  // namespace
}  // namespace hpe3par::ctl
