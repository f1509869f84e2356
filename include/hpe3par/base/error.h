#pragma once

#include <exception>
#include <optional>
#include <string>
#include <string_view>

namespace hpe3par {

/// What went wrong, in gRPC's canonical vocabulary, so that each front door maps it once.
enum class ErrorKind {
  invalid_argument,     ///< the caller's words are wrong, whatever the state of things
  not_found,            ///< the named object does not exist
  already_exists,       ///< an object of that name exists and differs from what was asked
  failed_precondition,  ///< the state of things forbids it; repeating without changing something is useless
  aborted,              ///< given up because somebody else acts on the same object, or the caller hung up
  permission_denied,    ///< the array's user may not do this
  unauthenticated,      ///< wrong user or password
  resource_exhausted,   ///< no space, no session, too busy
  unavailable,          ///< the array (or a tool) cannot be reached; repeating later is right
  deadline_exceeded,    ///< the time for this call is over; the sentence says what was still running
  unimplemented,        ///< this array version, or this program, cannot do it
  internal,             ///< a bug of ours, or an answer that makes no sense
};

/// Name as used in logs and JSON, e.g. "failed_precondition".
std::string_view to_string(ErrorKind kind);

/// The one exception type of the project: a kind, and a sentence for the person who asked.
///
/// Sentences are built from the outside in ("cannot create v1: array A: CPG cpg9 does not exist") by adding context
/// once per layer with `within()`. They never contain secrets and are a single line.
class Error : public std::exception {
 public:
  Error(ErrorKind kind, std::string sentence);

  /// @param remote_code the array's own error number, kept so that a caller can decide on it
  Error(ErrorKind kind, std::string sentence, int remote_code);

  ErrorKind kind() const { return kind_; }
  std::optional<int> remote_code() const { return remote_code_; }
  const char* what() const noexcept override { return sentence_.c_str(); }

  /// The same error, with "context: " put in front.
  Error within(std::string_view context) const;

 private:
  ErrorKind kind_;
  std::string sentence_;
  std::optional<int> remote_code_;
};

}  // namespace hpe3par
