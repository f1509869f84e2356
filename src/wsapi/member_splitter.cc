#include "member_splitter.h"

#include <nlohmann/json.hpp>

#include "json_fields.h"

namespace hpe3par::wsapi {

namespace {

constexpr std::size_t kMaxEnvelope = 64 * 1024;
constexpr std::size_t kMaxMember = 1024 * 1024;
constexpr std::size_t kTail = 4096;

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::string describe(Fields message) {
  const auto code = message.number_or("code", 0);
  const std::string text = message.text_or_empty("desc");
  return "the array broke off: " + (text.empty() ? std::string("no reason given") : text) + " (code " +
         std::to_string(code) + ")";
}

/// What a top-level `success:false` says, if it is there.
std::optional<std::string> appended_error(const nlohmann::json& envelope) {
  Fields fields(envelope, "answer");
  if (fields.flag_or("success", true)) return std::nullopt;
  std::string text = "the array broke off without a reason";
  fields.object("message", [&](Fields& message) { text = describe(message); });
  return text;
}

}  // namespace

void MemberSplitter::restart() {
  auto member = std::move(member_);
  *this = MemberSplitter(std::move(member));
}

bool MemberSplitter::feed(std::string_view bytes) {
  keep_tail(bytes);
  while (!bytes.empty() && state_ != State::failed) {
    if (state_ == State::in_member) {
      bytes.remove_prefix(take_member(bytes));
    } else {
      take(bytes.front());
      bytes.remove_prefix(1);
    }
  }
  return state_ != State::failed || members_seen_;  // an appended error may still follow
}

void MemberSplitter::take(char c) {
  if (state_ == State::envelope) {
    take_envelope(c);
  } else {
    take_between(c);
  }
}

void MemberSplitter::skip_string(char c) {
  if (escaped_) {
    escaped_ = false;
  } else if (c == '\\') {
    escaped_ = true;
  } else if (c == '"') {
    in_string_ = false;
  }
}

void MemberSplitter::take_envelope(char c) {
  if (envelope_.empty() && !is_blank(c) && c != '{') return fail("is not a JSON object");
  if (envelope_.empty() && is_blank(c)) return;
  if (envelope_.size() >= kMaxEnvelope) return fail("is no collection: its frame is too long");
  envelope_ += c;
  if (in_string_) {
    skip_string(c);
    if (in_string_ && depth_ == 1) key_ += c;
    return;
  }
  if (is_blank(c)) return;
  const bool value_of_members = colon_ && depth_ == 1 && key_ == "members";
  colon_ = c == ':' && depth_ == 1;
  if (c == '"') {
    in_string_ = true;
    if (depth_ == 1) key_.clear();
  } else if (c == '[' && value_of_members) {
    members_seen_ = true;
    state_ = State::between;
  } else if (c == '{' || c == '[') {
    ++depth_;
  } else if (c == '}' || c == ']') {
    --depth_;
    if (depth_ < 0) fail("has unbalanced brackets");
  }
}

void MemberSplitter::take_between(char c) {
  if (is_blank(c)) return;
  if (c == '{' && (comma_ || count_ == 0)) {
    element_ = c;
    depth_ = 1;
    comma_ = false;
    state_ = State::in_member;
  } else if (c == ',' && !comma_ && count_ > 0) {
    comma_ = true;
  } else if (c == ']' && !comma_) {
    envelope_ += c;
    depth_ = 1;
    state_ = State::envelope;
  } else {
    fail("has something else than objects in \"members\"");
  }
}

/// Takes bytes in one go up to the end of the member, because nearly all bytes of a collection pass here.
std::size_t MemberSplitter::take_member(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && depth_ > 0) {
    const char c = bytes[taken++];
    if (in_string_) {
      skip_string(c);
    } else if (c == '"') {
      in_string_ = true;
    } else if (c == '{' || c == '[') {
      ++depth_;
    } else if (c == '}' || c == ']') {
      --depth_;
    }
  }
  element_.append(bytes.substr(0, taken));
  if (element_.size() > kMaxMember) {
    fail("has a member that is too long");
  } else if (depth_ == 0) {
    end_member();
  }
  return taken;
}

void MemberSplitter::end_member() {
  ++count_;
  state_ = State::between;
  std::string problem = member_(element_);
  element_.clear();
  if (!problem.empty()) fail(std::move(problem));
}

void MemberSplitter::fail(std::string problem) {
  problem_ = std::move(problem);
  state_ = State::failed;
}

void MemberSplitter::keep_tail(std::string_view bytes) {
  if (bytes.size() >= kTail) {
    tail_ = bytes.substr(bytes.size() - kTail);
    return;
  }
  tail_ += bytes;
  if (tail_.size() > 2 * kTail) tail_.erase(0, tail_.size() - kTail);
}

std::optional<std::string> MemberSplitter::error_in_tail() const {
  const auto at = tail_.rfind("\"success\"");
  if (at == std::string::npos) return std::nullopt;
  const std::string rest = tail_.substr(at);
  for (const char* closing : {"", "}", "}}"}) {
    const auto value = parse_json("{" + rest + closing);
    if (value) return appended_error(*value);
  }
  return std::nullopt;
}

std::string MemberSplitter::check_envelope() const {
  const auto value = parse_json(envelope_);
  if (!value) return error_in_tail().value_or("is not JSON");
  if (auto text = appended_error(*value)) return *text;
  Fields fields(*value, "the collection");
  const auto total = fields.number_or("total", static_cast<std::int64_t>(count_));
  if (!fields.problem().empty()) return fields.problem();
  if (!members_seen_ && (value->find("total") == value->end() || total != 0)) return "has no \"members\"";
  if (static_cast<std::uint64_t>(total) != count_) {
    return "announces " + std::to_string(total) + " members and has " + std::to_string(count_);
  }
  return {};
}

std::string MemberSplitter::finish() {
  const bool whole = state_ == State::envelope && depth_ == 0 && !envelope_.empty();
  if (whole) return check_envelope();
  if (auto text = error_in_tail()) return *text;
  if (state_ == State::failed) return problem_;
  return envelope_.empty() ? "is empty" : "is cut after " + std::to_string(count_) + " members";
}

}  // namespace hpe3par::wsapi
