#include "channel.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <limits>

namespace hpe3par::sim {
namespace {

class PlainChannel final : public Channel {
 public:
  explicit PlainChannel(int fd) : fd_(fd) {}

  bool open() override { return true; }
  bool resumed() const override { return false; }

  long read(char* target, int size) override { return ::recv(fd_, target, static_cast<std::size_t>(size), 0); }

  bool write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  void finish() override { ::shutdown(fd_, SHUT_WR); }

 private:
  int fd_;
};

class TlsChannel final : public Channel {
 public:
  TlsChannel(int fd, SSL_CTX* context) : fd_(fd), ssl_(SSL_new(context)) { SSL_set_fd(ssl_, fd); }
  ~TlsChannel() override {
    SSL_free(ssl_);
    ERR_clear_error();
  }
  TlsChannel(const TlsChannel&) = delete;
  TlsChannel& operator=(const TlsChannel&) = delete;

  bool open() override { return SSL_accept(ssl_) == 1; }
  bool resumed() const override { return SSL_session_reused(ssl_) == 1; }

  long read(char* target, int size) override { return SSL_read(ssl_, target, size); }

  bool write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const std::size_t part = std::min<std::size_t>(bytes.size(), 64U * 1024U);
      const int sent = SSL_write(ssl_, bytes.data(), static_cast<int>(part));
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  void finish() override {
    SSL_shutdown(ssl_);
    ::shutdown(fd_, SHUT_WR);
  }

 private:
  int fd_;
  SSL* ssl_;
};

}  // namespace

std::unique_ptr<Channel> make_channel(int fd, ssl_ctx_st* tls) {
  if (tls == nullptr) return std::make_unique<PlainChannel>(fd);
  return std::make_unique<TlsChannel>(fd, tls);
}

}  // namespace hpe3par::sim
