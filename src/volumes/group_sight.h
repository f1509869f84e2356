#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "group_takes.h"
#include "hpe3par/array/groups.h"
#include "hpe3par/base/error.h"
#include "hpe3par/catalog/catalog.h"
#include "hpe3par/config/config.h"
#include "hpe3par/replication/set_view.h"

namespace hpe3par::volumes {

/// What both arrays said of the group of a replicated volume.
struct GroupSighting {
  replication::SetView view;
  array::CopyMode mode = array::CopyMode::unknown;
  std::optional<array::GroupCopy> copy;  ///< of the volume, as told by the array that serves it, else by any
  SteadyTime at;
};

/// Asks both arrays for the groups of volumes, and remembers what they said last. Thread-safe.
class GroupSight {
 public:
  GroupSight(const config::Config& config, catalog::Catalog& catalog, GroupTakes& takes, Clock& clock);

  /// The backend of a replicated volume. @throws Error failed_precondition: it has no replication_device (any more)
  const config::BackendConfig& backend_of(const catalog::Volume& known) const;

  /// Asks both side by side.
  /// @param known of a replicated volume, from either array or from the cache
  GroupSighting look(const catalog::Volume& known, const Deadline& deadline);

  /// Same for all of these, with one request to each array. Volumes whose backend does not replicate are left out.
  /// @param with_taken and for all groups that were taken over
  void look_all(const std::vector<catalog::Volume>& volumes, bool with_taken, const Deadline& deadline);

  GroupTakes& takes() { return takes_; }

  /// How many volumes find() can tell something of.
  std::size_t size();

  /// What was seen last of the group of the volume with this uuid; empty: nothing in the last minute.
  std::optional<GroupSighting> find(const std::string& uuid);

  /// The site of a volume's set at which an array is. @param array its key
  replication::Site site_of(const catalog::Volume& known, const std::string& array) const;

 private:
  /// What one array said.
  struct Answer {
    replication::Side side;
    std::optional<array::RemoteCopyGroup> group = std::nullopt;
  };
  struct Listing {
    std::vector<array::RemoteCopyGroup> groups;
    std::optional<Answer> silence = std::nullopt;
  };
  using Listings = std::map<std::string, Listing>;  // by key of the array

  Answer ask_own(const config::BackendConfig& backend, const catalog::Volume& known, const Deadline& deadline);
  Answer ask_peer(const config::BackendConfig& backend, const catalog::Volume& known, const Deadline& deadline);
  Answer read_own(const config::BackendConfig& backend, const catalog::Volume& known,
                  std::optional<array::RemoteCopyGroup> found);
  Answer read_peer(const config::BackendConfig& backend, std::optional<array::RemoteCopyGroup> found);
  std::optional<array::RemoteCopyGroup> find_on_peer(array::Array& peer, const config::BackendConfig& backend,
                                                     const catalog::Volume& known, const Deadline& deadline);
  /// What becomes of failed_precondition.
  enum class Refusal { is_thrown, is_silence };
  /// @return why the array counts as silent; empty: it was asked
  std::optional<Answer> try_to(const std::string& key, Refusal refusal,
                               const std::function<void(array::Array&)>& ask) const;
  Answer silence(const std::string& key, const Error* error) const;
  std::string name_of(const std::string& key) const;
  Listing list(const std::string& key, const Deadline& deadline);
  Listings list_all(const std::set<std::string>& keys, const Deadline& deadline);
  std::vector<const config::BackendConfig*> backends_of(const journal::TakenGroup& taken) const;
  void learn(const journal::TakenGroup& taken, const config::BackendConfig& backend, const Listings& listings);
  GroupSighting remember(const config::BackendConfig& backend, const catalog::Volume& known, Answer own, Answer peer);
  void forget_old();

  const config::Config& config_;
  catalog::Catalog& catalog_;
  GroupTakes& takes_;
  Clock& clock_;
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::string> remote_names_;  // by own array and group
  std::map<std::string, GroupSighting> seen_;                                // by uuid
};

}  // namespace hpe3par::volumes
