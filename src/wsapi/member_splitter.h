#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace hpe3par::wsapi {

/// Cuts a collection answer `{"total":n,"members":[{…},{…}]}` into its members while it arrives.
///
/// Only one member is held at a time, so that ten thousand volumes need no more memory than one. It looks at brackets
/// and strings only; members are parsed by whoever gets them. What is around them, the envelope, is parsed by finish().
///
/// An array that fails halfway appends `"success":false,"message":{"code":n,"desc":s}` wherever it stands and closes;
/// that is recognised in any position.
///
/// Pure: no I/O. Not thread-safe.
class MemberSplitter {
 public:
  /// @param member gets the text of one object, in order; returns what is wrong with it, empty if nothing
  explicit MemberSplitter(std::function<std::string(std::string_view)> member) : member_(std::move(member)) {}

  void restart();

  /// @return false once it is clear that this is no collection
  bool feed(std::string_view bytes);

  /// Call after the last byte. @return what is wrong with the whole, in words; empty if nothing
  std::string finish();

  std::uint64_t count() const { return count_; }

 private:
  enum class State { envelope, between, in_member, failed };

  void take(char c);
  void take_envelope(char c);
  void take_between(char c);
  std::size_t take_member(std::string_view bytes);
  void skip_string(char c);
  void end_key();
  void end_member();
  void fail(std::string problem);
  void keep_tail(std::string_view bytes);
  std::optional<std::string> error_in_tail() const;
  std::string check_envelope() const;

  std::function<std::string(std::string_view)> member_;
  State state_ = State::envelope;
  std::string envelope_;  // everything outside the members
  std::string element_;   // the member being collected
  std::string key_;       // last string seen at depth 1
  std::string tail_;      // the last bytes, for the appended error
  std::string problem_;
  int depth_ = 0;  // brackets open, counted from the envelope or from the member
  bool in_string_ = false;
  bool escaped_ = false;
  bool members_seen_ = false;
  bool colon_ = false;  // the last thing at depth 1 was a colon after `key_`
  bool comma_ = false;  // between members: a comma was seen since the last one
  std::uint64_t count_ = 0;
};

}  // namespace hpe3par::wsapi
