#include "hpe3par/base/http_engine.h"

#include <httplib.h>

#include <algorithm>
#include <cstring>

#include "hpe3par/base/text.h"

namespace hpe3par {
namespace {

// Reads from a buffer that holds the whole request, writes through the caller's function.
class BufferStream final : public httplib::Stream {
 public:
  BufferStream(const std::string& request, std::string remote_address, int connection, const HttpEngine::Writer& write)
      : input_(request), remote_address_(std::move(remote_address)), connection_(connection), write_(write) {}

  bool is_readable() const override { return true; }
  bool is_writable() const override { return !broken_; }

  ssize_t read(char* target, size_t size) override {
    const std::size_t count = std::min(size, input_.size());
    std::memcpy(target, input_.data(), count);
    input_.remove_prefix(count);
    return static_cast<ssize_t>(count);
  }

  ssize_t write(const char* bytes, size_t size) override {
    if (!broken_ && !write_({bytes, size})) broken_ = true;
    return broken_ ? -1 : static_cast<ssize_t>(size);
  }

  void get_remote_ip_and_port(std::string& ip, int& port) const override {
    ip = remote_address_;
    port = connection_;
  }
  void get_local_ip_and_port(std::string& ip, int& port) const override {
    ip.clear();
    port = 0;
  }
  socket_t socket() const override { return INVALID_SOCKET; }

  bool broken() const { return broken_; }

 private:
  std::string_view input_;
  std::string remote_address_;
  int connection_;
  const HttpEngine::Writer& write_;
  bool broken_ = false;
};

HttpRequest to_request(const httplib::Request& from) {
  HttpRequest request;
  request.method = from.method;
  request.target = from.target;
  request.path = from.path;
  for (const auto& [name, value] : from.headers) {
    // cpp-httplib adds these four itself.
    if (name != "REMOTE_ADDR" && name != "REMOTE_PORT" && name != "LOCAL_ADDR" && name != "LOCAL_PORT")
      request.headers.emplace_back(name, value);
  }
  request.body = from.body;
  request.remote_address = from.remote_addr;
  request.connection = from.remote_port;
  return request;
}

void fill(const HttpResponse& from, httplib::Response& to) {
  to.status = from.status;
  for (const auto& [name, value] : from.headers) to.set_header(name, value);
  if (from.chunked) {
    to.set_chunked_content_provider(from.content_type, [body = from.body](size_t, httplib::DataSink& sink) {
      constexpr std::size_t kChunk = 16 * 1024;
      for (std::size_t at = 0; at < body.size(); at += kChunk)
        if (!sink.write(body.data() + at, std::min(kChunk, body.size() - at))) return false;
      sink.done();
      return true;
    });
  } else if (!from.content_type.empty()) {
    to.set_content(from.body, from.content_type);
  } else {
    to.body = from.body;
  }
}

}  // namespace

std::string_view HttpRequest::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (equal_ignoring_case(key, name)) return value;
  return {};
}

class HttpEngine::Server final : public httplib::Server {
 public:
  Server(HttpEngine::Handler handler, HttpEngine::Refuse refuse)
      : handler_(std::move(handler)), refuse_(std::move(refuse)) {
    // Chunked responses are cut short while there is no listening socket; this server never listens, so it pretends to.
    svr_sock_ = 0;
    const auto route = [this](const httplib::Request& request, httplib::Response& response) {
      answer(request, response);
    };
    constexpr const char* kAnyPath = "[\\s\\S]*";  // "." is no end of a line
    Get(kAnyPath, route);
    Post(kAnyPath, route);
    Put(kAnyPath, route);
    Patch(kAnyPath, route);
    Delete(kAnyPath, route);
    Options(kAnyPath, route);
    if (!refuse_) return;
    set_error_handler(httplib::Server::Handler([this](const httplib::Request&, httplib::Response& response) {
      if (response.body.empty()) give_a_reason(response);
    }));
  }

  bool serve(BufferStream& stream) {
    bool closed = false;
    const bool answered = process_request(stream, true, closed, nullptr);
    return answered && !stream.broken();
  }

 private:
  void answer(const httplib::Request& request, httplib::Response& response) {
    try {
      fill(handler_(to_request(request)), response);
    } catch (...) {
      // Handlers answer their own errors; what arrives here is a bug, and the peer still gets JSON.
      response.status = 500;
      response.set_content("{}", "application/json");
    }
  }

  // What cpp-httplib refuses by itself, before any handler, it refuses without a word.
  void give_a_reason(httplib::Response& response) const {
    fill(refuse_(response.status,
                 response.status == 414
                     ? "the path is longer than " + std::to_string(CPPHTTPLIB_REQUEST_URI_MAX_LENGTH) + " bytes"
                     : "this is not a request that can be served"),
         response);
  }

  HttpEngine::Handler handler_;
  HttpEngine::Refuse refuse_;
};

HttpEngine::HttpEngine(Handler handler, Refuse refuse)
    : server_(std::make_unique<Server>(std::move(handler), std::move(refuse))) {}

HttpEngine::~HttpEngine() = default;

bool HttpEngine::serve(const std::string& request, const std::string& remote_address, int connection,
                       const Writer& write) {
  BufferStream stream(request, remote_address, connection, write);
  return server_->serve(stream);
}

}  // namespace hpe3par
