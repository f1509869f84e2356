#pragma once

#include <string>

#include "hpe3par/base/unique_fd.h"

namespace hpe3par::sim {

struct Address;

/// A listening socket; a port of 0 in `address` is replaced by the chosen one.
/// @throws Error unavailable naming the address
UniqueFd listen_at(Address& address);

/// The address of the other end as digits; IPv4 in its own form even on an IPv6 socket.
std::string peer_address(int fd);

/// Makes reads and writes on the socket give up after so long.
void set_timeouts(int fd, int seconds);

/// Makes the next close send a reset.
void reset_on_close(int fd);

}  // namespace hpe3par::sim
