#include "hpe3par/base/error.h"

namespace hpe3par {

std::string_view to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid_argument: return "invalid_argument";
    case ErrorKind::not_found: return "not_found";
    case ErrorKind::already_exists: return "already_exists";
    case ErrorKind::failed_precondition: return "failed_precondition";
    case ErrorKind::aborted: return "aborted";
    case ErrorKind::permission_denied: return "permission_denied";
    case ErrorKind::unauthenticated: return "unauthenticated";
    case ErrorKind::resource_exhausted: return "resource_exhausted";
    case ErrorKind::unavailable: return "unavailable";
    case ErrorKind::deadline_exceeded: return "deadline_exceeded";
    case ErrorKind::unimplemented: return "unimplemented";
    case ErrorKind::internal: return "internal";
  }
  return "internal";
}

Error::Error(ErrorKind kind, std::string sentence) : kind_(kind), sentence_(std::move(sentence)) {}

Error::Error(ErrorKind kind, std::string sentence, int remote_code)
    : kind_(kind), sentence_(std::move(sentence)), remote_code_(remote_code) {}

Error Error::within(std::string_view context) const {
  Error outer = *this;
  outer.sentence_ = std::string(context) + ": " + sentence_;
  return outer;
}

}  // namespace hpe3par
