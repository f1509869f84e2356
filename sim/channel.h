#pragma once

#include <memory>
#include <string_view>

struct ssl_ctx_st;

namespace hpe3par::sim {

/// The bytes of one accepted connection, with or without TLS. The descriptor stays the caller's.
class Channel {
 public:
  virtual ~Channel() = default;

  /// Before the first byte. False when the peer does not get it done (TLS handshake).
  virtual bool open() = 0;
  /// The handshake took up an earlier TLS session.
  virtual bool resumed() const = 0;
  /// Bytes read; 0 or less at the end, on an error or after the descriptor's time-out.
  virtual long read(char* target, int size) = 0;
  /// False when the peer is gone.
  virtual bool write(std::string_view bytes) = 0;
  /// Says that nothing more will be written.
  virtual void finish() = 0;
};

/// @param tls null for plain bytes
std::unique_ptr<Channel> make_channel(int fd, ssl_ctx_st* tls);

}  // namespace hpe3par::sim
