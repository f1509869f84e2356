#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "hpe3par/array/array.h"
#include "hpe3par/base/error.h"
#include "hpe3par/config/config.h"
#include "plan.h"

namespace hpe3par::volumes {

/// Remembers for how long which other host was seen to hold a volume, so that a repeated Mount goes on waiting instead
/// of starting anew. Only time between two looks that lie close together counts. Thread-safe.
class ConflictMemory {
 public:
  explicit ConflictMemory(Clock& clock) : clock_(clock) {}

  /// Takes in a look with other holders and tells what has been observed so far.
  Waited observe(const std::string& uuid, const Look& look);
  void forget(const std::string& uuid);

 private:
  struct Entry {
    std::string holder;
    Waited waited;
    SteadyTime last;
  };

  Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, Entry> entries_;
};

/// The array has an export to our host that another machine uses (a clone with our initiator name): hands off.
class NotOurs : public Error {
 public:
  explicit NotOurs(const std::string& sentence) : Error(ErrorKind::failed_precondition, sentence) {}
};

/// Takes a volume away from the hosts of a look, which the log tells. @throws Error of the array; some may be left
void fence(array::Array& array, const std::string& volume, const Look& look, config::ConflictPolicy policy,
           const Deadline& deadline);

/// Gets a volume's export for this host alone: creates first, looks second, withdraws if somebody else is there.
/// Two hosts can never both see themselves alone, because each has created before it looks.
class ExclusiveExport {
 public:
  struct Request {
    std::string volume;  ///< Docker name, for sentences
    std::string uuid;
    std::string array_volume;
    std::string array_host;
    std::vector<std::string> initiators;
    config::ConflictPolicy policy = config::ConflictPolicy::dead;
    Millis conflict_delay{0};

    /// Peer Persistence: the other array, on which whoever holds the volume has an export as well, and our name there.
    array::Array* other_array = nullptr;
    std::string other_array_host = {};
    std::string unseen = {};  ///< instead: its name, if it lives and cannot be asked

    std::string refusal = {};  ///< how the sentence begins; empty: "volume V is not mounted"
  };
  struct Result {
    array::Export own;
    bool took_over = false;  ///< another host's export was removed
  };

  ExclusiveExport(array::Array& array, ConflictMemory& memory) : array_(array), memory_(memory) {}

  /// @throws NotOurs: there is an export to our host, but another machine's; it must not be touched
  /// @throws Error failed_precondition: in use by another host (named, with what to do)
  /// @throws Error what the array said; an export of ours may then exist and must be looked for
  Result acquire(const Request& request, const Deadline& deadline);

 private:
  static std::string refusal(const Request& request, const std::string& reason);
  bool create(const Request& request, const Deadline& deadline);
  void check_ours(const Request& request, const Deadline& deadline);
  void withdraw(const array::Export& own, const Deadline& deadline);
  bool wait_until_free(const Request& request, Look look, const Deadline& deadline);
  Look look_there(const Request& request, const Deadline& deadline);

  array::Array& array_;
  ConflictMemory& memory_;
};

}  // namespace hpe3par::volumes
