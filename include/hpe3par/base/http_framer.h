#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hpe3par {

/// Collects the bytes of one HTTP/1.x request until it is complete, without ever blocking.
///
/// The surprising part: a body-carrying method without Content-Length and without chunked coding is complete at the
/// end of its header (RFC 9112 6.3: length zero). cpp-httplib would wait five seconds for a body there. A chunked body
/// is decoded here. The request handed out always has exactly one Content-Length, so the server never waits; headers
/// that would make the server parse forms or compress its answer are left out.
///
/// Pure: no I/O. One object per connection; not thread-safe.
class HttpFramer {
 public:
  enum class State {
    incomplete,  ///< feed more
    complete,    ///< request() is whole; later bytes are ignored
    malformed,   ///< not HTTP, or contradictory lengths: answer 400
    too_large,   ///< header above 16 KiB (431) or body above the limit (413)
  };

  explicit HttpFramer(std::size_t max_body) : max_body_(max_body) {}

  State feed(std::string_view bytes);
  State state() const { return state_; }

  /// The path as sent, without the query, as soon as the request line is whole; else empty.
  std::string_view path() const;

  /// "HTTP/1.1" as sent, as soon as the request line is whole; else empty.
  std::string_view version() const;

  /// Which limit it breaks, in a sentence. Only in state too_large.
  std::string why_too_large() const;

  /// The whole request, normalised as said above. Only in state complete.
  const std::string& request() const { return request_; }

 private:
  State parse_head();
  State parse_body();
  State parse_chunks();

  std::size_t max_body_;
  State state_ = State::incomplete;
  std::string buffer_;
  std::string request_;
  std::size_t head_size_ = 0;  // 0 while the head is incomplete
  std::size_t content_length_ = 0;
  bool chunked_ = false;
};

}  // namespace hpe3par
