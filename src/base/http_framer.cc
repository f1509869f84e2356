#include "hpe3par/base/http_framer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "hpe3par/base/text.h"

namespace hpe3par {
namespace {

constexpr std::size_t kMaxHead = 16 * 1024;
constexpr std::string_view kHeadEnd = "\r\n\r\n";

// Headers on which cpp-httplib would act by itself: wait for the client, parse forms, compress or cut the answer,
// refuse the body with an answer that is not ours.
bool makes_the_server_act(std::string_view name) {
  constexpr std::array<std::string_view, 5> kNames = {"Expect", "Content-Type", "Accept-Encoding", "Content-Encoding",
                                                      "Range"};
  return std::any_of(kNames.begin(), kNames.end(),
                     [&](std::string_view each) { return equal_ignoring_case(each, name); });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool parse_number(std::string_view text, std::size_t& value, int base) {
  if (text.empty()) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return error == std::errc() && end == text.data() + text.size();
}

// The request line split at its two blanks; empty parts if it has not that form.
std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t blank = line.find(' ');
    words.push_back(line.substr(0, blank));
    if (blank == std::string_view::npos) return words;
    line.remove_prefix(blank + 1);
  }
}

std::string_view word_of_request_line(std::string_view buffer, std::size_t index) {
  const std::size_t end = buffer.find("\r\n");
  if (end == std::string_view::npos) return {};
  const auto words = words_of(buffer.substr(0, end));
  return words.size() == 3 ? words[index] : std::string_view{};
}

}  // namespace

HttpFramer::State HttpFramer::feed(std::string_view bytes) {
  if (state_ != State::incomplete) return state_;
  buffer_ += bytes;
  if (head_size_ == 0) state_ = parse_head();
  if (state_ == State::incomplete && head_size_ != 0) state_ = parse_body();
  return state_;
}

std::string_view HttpFramer::path() const {
  const std::string_view target = word_of_request_line(state_ == State::complete ? request_ : buffer_, 1);
  return target.substr(0, target.find('?'));
}

std::string_view HttpFramer::version() const {
  return word_of_request_line(state_ == State::complete ? request_ : buffer_, 2);
}

std::string HttpFramer::why_too_large() const {
  if (head_size_ == 0) return "the header of the request is larger than " + std::to_string(kMaxHead) + " bytes";
  return "the body of the request is larger than " + std::to_string(max_body_) + " bytes";
}

HttpFramer::State HttpFramer::parse_head() {
  const std::size_t end = buffer_.find(kHeadEnd);
  if (end == std::string::npos) return buffer_.size() > kMaxHead ? State::too_large : State::incomplete;
  if (end > kMaxHead) return State::too_large;
  if (!version().starts_with("HTTP/")) return State::malformed;
  head_size_ = end + kHeadEnd.size();

  std::string_view head(buffer_.data(), end + 2);
  std::size_t line_end = head.find("\r\n");
  request_ = head.substr(0, line_end + 2);
  head.remove_prefix(line_end + 2);
  bool has_length = false;
  for (; !head.empty(); head.remove_prefix(line_end + 2)) {
    line_end = head.find("\r\n");
    const std::string_view line = head.substr(0, line_end);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return State::malformed;
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (equal_ignoring_case(name, "Content-Length")) {
      std::size_t length = 0;
      if (!parse_number(value, length, 10) || (has_length && length != content_length_)) return State::malformed;
      content_length_ = length;
      has_length = true;
    } else if (equal_ignoring_case(name, "Transfer-Encoding")) {
      if (!equal_ignoring_case(value, "chunked")) return State::malformed;
      chunked_ = true;
    } else if (!makes_the_server_act(name)) {
      request_.append(line).append("\r\n");
    }
  }
  if (chunked_ && has_length) return State::malformed;
  if (content_length_ > max_body_) return State::too_large;
  return State::incomplete;
}

HttpFramer::State HttpFramer::parse_body() {
  if (chunked_) return parse_chunks();
  if (buffer_.size() < head_size_ + content_length_) return State::incomplete;
  request_ += "Content-Length: " + std::to_string(content_length_) + "\r\n\r\n";
  request_.append(buffer_, head_size_, content_length_);
  return State::complete;
}

HttpFramer::State HttpFramer::parse_chunks() {
  std::string body;
  std::string_view rest = std::string_view(buffer_).substr(head_size_);
  while (true) {
    const std::size_t line_end = rest.find("\r\n");
    if (line_end == std::string_view::npos) return rest.size() > 1024 ? State::malformed : State::incomplete;
    std::string_view size_text = rest.substr(0, line_end);
    size_text = trimmed(size_text.substr(0, size_text.find(';')));
    std::size_t size = 0;
    if (!parse_number(size_text, size, 16)) return State::malformed;
    rest.remove_prefix(line_end + 2);
    if (size == 0) {
      // Trailers, if any, end with an empty line; they are dropped.
      if (!rest.starts_with("\r\n") && rest.find(kHeadEnd) == std::string_view::npos)
        return rest.size() > kMaxHead ? State::too_large : State::incomplete;
      break;
    }
    if (size > max_body_ || body.size() + size > max_body_) return State::too_large;
    if (rest.size() < size + 2) return State::incomplete;
    if (rest.substr(size, 2) != "\r\n") return State::malformed;
    body.append(rest.substr(0, size));
    rest.remove_prefix(size + 2);
  }
  request_ += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  return State::complete;
}

}  // namespace hpe3par
