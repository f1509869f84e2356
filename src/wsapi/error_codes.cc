#include "hpe3par/wsapi/error_codes.h"

#include <algorithm>
#include <iterator>

namespace hpe3par::wsapi {

namespace {

struct Meaning {
  int code;
  ErrorKind kind;
};

using enum ErrorKind;

// Sorted by code.
constexpr Meaning kMeanings[] = {
    {1, unavailable},            // internal server error
    {2, invalid_argument},       // bad SSL
    {3, invalid_argument},       // request cut
    {4, invalid_argument},       // request too long
    {5, unauthenticated},        // invalid user or password
    {6, unauthenticated},        // invalid session key
    {7, unavailable},            // time-out inside the array
    {8, unimplemented},          // HTTP version
    {9, unimplemented},          // unsupported operation
    {11, unimplemented},         // no such resource in this version
    {12, invalid_argument},      // invalid input
    {13, permission_denied},     //
    {14, already_exists},        // CPG
    {15, not_found},             // CPG
    {16, already_exists},        // host
    {17, not_found},             // host
    {18, already_exists},        // LUN
    {19, not_found},             // VLUN
    {20, not_found},             // port
    {21, invalid_argument},      // port type
    {22, already_exists},        // volume
    {23, not_found},             // volume
    {24, resource_exhausted},    // no space
    {25, failed_precondition},   // has a read-only child
    {26, failed_precondition},   // is exported
    {28, invalid_argument},      // too large
    {29, failed_precondition},   // other
    {32, failed_precondition},   // has a child
    {34, failed_precondition},   // in use
    {38, not_found},             // domain
    {59, already_exists},        // volume id
    {73, already_exists},        // path belongs to another host
    {77, failed_precondition},   // host is in a set
    {80, not_found},             // path
    {90, aborted},               // volume accounting in progress
    {91, failed_precondition},   // zero detection of a thin volume
    {92, failed_precondition},   // RAID 0 disabled
    {93, failed_precondition},   // RAID 5 on nearline disabled
    {96, failed_precondition},   // CPG on a snapshot
    {97, failed_precondition},   // target of a physical copy
    {98, already_exists},        // the same path twice
    {99, failed_precondition},   // LUN and persona
    {101, already_exists},       // set
    {102, not_found},            // set
    {120, failed_precondition},  // volume is in remote copy
    {145, not_found},            // task
    {150, failed_precondition},  // volume type
    {151, aborted},              // volume is busy
    {153, resource_exhausted},   // CPG limit
    {180, not_found},            // object key
    {181, already_exists},       // object key
    {187, not_found},            // remote copy group
    {215, failed_precondition},  // group started
    {236, failed_precondition},  // mixed modes
    {237, already_exists},       // remote copy group
    {284, failed_precondition},  // group not stopped
};

ErrorKind kind_of_status(int status) {
  switch (status) {
    case 400:
    case 413: return invalid_argument;
    case 401: return unauthenticated;
    case 403:
    case 409: return failed_precondition;
    case 404: return not_found;
    case 405:
    case 501:
    case 505: return unimplemented;
    case 429: return resource_exhausted;
    default: return status >= 500 || status == 408 ? unavailable : internal;
  }
}

}  // namespace

ErrorKind kind_of(int http_status, int code) {
  if (http_status == 503) return code == 29 ? resource_exhausted : unavailable;  // 29 with 503: no session to give
  const auto before = [](const Meaning& meaning, int wanted) { return meaning.code < wanted; };
  const auto* found = std::lower_bound(std::begin(kMeanings), std::end(kMeanings), code, before);
  return found != std::end(kMeanings) && found->code == code ? found->kind : kind_of_status(http_status);
}

}  // namespace hpe3par::wsapi
