#include "remover.h"

#include <algorithm>

#include "hpe3par/base/error.h"
#include "hpe3par/base/log.h"
#include "hpe3par/journal/crash_point.h"
#include "option_text.h"
#include "plan.h"

namespace hpe3par::volumes {

using array::VolumeStore;
using journal::crash_point;
using journal::UnfinishedVolume;

namespace {

constexpr std::size_t kFew = 3;

/// "a, b, c and 2 more"
std::string first_few(const std::vector<std::string>& names) {
  const std::size_t shown = std::min(names.size(), kFew);
  const std::string text = join({names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown)}, ", ");
  return shown == names.size() ? text : text + " and " + std::to_string(names.size() - shown) + " more";
}

}  // namespace

void Remover::remove(const catalog::Volume& volume, const Deadline& deadline) {
  if (volume.copy_kind != array::CopyKind::base)
    throw Error(ErrorKind::failed_precondition,
                "volume " + volume.record.name + " is not removed: its array volume " + volume.array_volume +
                    " is a copy or snapshot of another one, and this version cannot remove those; remove it on array " +
                    catalog_.array(volume.array).array().name());
  if (!volume.record.group.empty()) return remove_with_copy(volume, deadline);
  if (const std::string reason = why_in_foreign_group(volume); !reason.empty())
    throw Error(ErrorKind::failed_precondition, "volume " + volume.record.name + " is not removed: on array " +
                                                    catalog_.array(volume.array).array().name() + " " + reason);
  const VolumeOptions options = from_record_options(volume.record.options, config_);
  const bool in_sets = volume.record.legacy || !wanted_sets(options, volume.record.uuid).empty();
  array::Array& array = catalog_.array(volume.array).array();
  try {
    array.remove_volume(volume.array_volume, in_sets ? VolumeStore::InUse::tell : VolumeStore::InUse::wait, deadline);
  } catch (const Error& error) {
    if (error.remote_code() != array::kVolumeInUse) explain(volume, error, deadline);
    remove_out_of_sets(volume, deadline);
  }
  if (const auto row = sets_.find(volume.record.name)) settle_later(*row, deadline);
  crash_point("remove.deleted");
}

// Everything that can refuse the removal is asked before the volume leaves its group; from then on it is removed, now
// or later.
void Remover::remove_with_copy(const catalog::Volume& volume, const Deadline& deadline) {
  if (volume.is_copy())
    throw Error(ErrorKind::unavailable, "volume " + volume.record.name + " is not removed: the array of backend " +
                                            volume.backend + " does not answer, and only its copy on array " +
                                            catalog_.array(volume.array).array().name() +
                                            " can be reached; retry when both answer");
  const RemovalOutlook outlook = replicator_.prepare_removal(volume, deadline);
  if (!outlook.refusal.empty()) refuse(volume, outlook.refusal);
  refuse_dependants(volume, deadline);
  const bool in_sets = !wanted_sets(from_record_options(volume.record.options, config_), volume.record.uuid).empty();
  const std::vector<array::VolumeSet> sets = in_sets ? own_sets(volume, deadline) : std::vector<array::VolumeSet>();
  UnfinishedVolume row = make_row(volume, sets);
  const config::BackendConfig* backend = config_.find_backend(volume.backend);
  row.group = volume.record.group;
  row.peer = backend != nullptr && backend->replication ? backend->replication->array : "";
  sets_.begin(row);
  crash_point("remove.group_journaled");
  bool certain = false;
  try {
    certain = replicator_.detach(volume, outlook, deadline);
  } catch (const Error& error) {
    settle_later(row, deadline);
    throw error.within("volume " + volume.record.name + " is not removed");
  }
  crash_point("remove.detached");
  try {
    if (certain) {
      sets_.finish_removal(row, sets, deadline);
    } else {
      sets_.settle(row, deadline);
    }
  } catch (const Error& error) {
    throw error.within("volume " + volume.record.name +
                       " is out of its group, and is not removed yet; this is retried");
  }
}

// What the arrays would refuse when it is too late: exports and snapshots. With Peer Persistence, both arrays export.
void Remover::refuse_dependants(const catalog::Volume& volume, const Deadline& deadline) {
  array::Array& array = catalog_.array(volume.array).array();
  std::vector<array::Export> exports = array.list_exports(volume.array_volume, deadline);
  const config::BackendConfig* const backend = config_.find_backend(volume.backend);
  if (exports.empty() && backend != nullptr && backend->replication &&
      backend->replication->kind() == config::ReplicationKind::peer_persistence)
    exports = catalog_.array(backend->replication->array).array().list_exports(volume.array_volume, deadline);
  if (!exports.empty()) refuse_in_use(volume, exports);
  const std::vector<std::string> children = array.list_children(volume.array_volume, deadline);
  if (!children.empty())
    refuse(volume, "on array " + array.name() + " there are snapshots or copies of it (" + first_few(children) +
                       "); remove those there, then retry");
}

// The sets that it is in, all of them put there by this plugin.
std::vector<array::VolumeSet> Remover::own_sets(const catalog::Volume& volume, const Deadline& deadline) {
  array::Array& array = catalog_.array(volume.array).array();
  std::vector<array::VolumeSet> sets = array.list_sets_of(volume.array_volume, deadline);
  const std::string of_group = "RCP_" + volume.record.group;  // the array's; left together with the group
  std::erase_if(sets, [&](const array::VolumeSet& set) { return set.name == of_group; });
  std::vector<std::string> own = wanted_sets(from_record_options(volume.record.options, config_), volume.record.uuid);
  own.push_back(flash_cache_set_name(volume.record.uuid));
  if (const std::string foreign = foreign_set(sets, own); !foreign.empty())
    refuse(volume, "on array " + array.name() + " it is a member of volume set " + foreign +
                       ", into which this plugin did not put it; take it out of that set there");
  return sets;
}

// An earlier removal may have taken it out of some sets already; it belongs into those as well while it exists.
UnfinishedVolume Remover::make_row(const catalog::Volume& volume, const std::vector<array::VolumeSet>& sets) {
  std::optional<UnfinishedVolume> earlier = sets_.find(volume.record.name);
  UnfinishedVolume row;
  if (earlier && earlier->uuid == volume.record.uuid) row = std::move(*earlier);
  row.uuid = volume.record.uuid;
  row.volume = volume.record.name;
  row.array = volume.array;
  row.array_volume = volume.array_volume;
  row.state = UnfinishedVolume::State::removing;
  for (const array::VolumeSet& set : sets)
    if (std::find(row.sets.begin(), row.sets.end(), set.name) == row.sets.end()) row.sets.push_back(set.name);
  return row;
}

// The array removes no volume that is in a set, and says so before it says that one is exported. An export of a set is
// one of its members, so to take a volume out of it would take it away from who uses it.
void Remover::remove_out_of_sets(const catalog::Volume& volume, const Deadline& deadline) {
  array::Array& array = catalog_.array(volume.array).array();
  const std::vector<array::Export> exports = array.list_exports(volume.array_volume, deadline);
  if (!exports.empty()) refuse_in_use(volume, exports);
  const std::vector<array::VolumeSet> sets = own_sets(volume, deadline);
  const UnfinishedVolume row = make_row(volume, sets);
  sets_.begin(row);
  crash_point("remove.sets_journaled");
  try {
    sets_.leave(row, sets, deadline);
    crash_point("remove.left");
    array.remove_volume(volume.array_volume, VolumeStore::InUse::wait, deadline);
  } catch (const Error& error) {
    settle_later(row, deadline);
    explain(volume, error, deadline);
  }
  sets_.end(row.uuid);
}

// Puts a volume that is still there back into its sets, and removes the set of one that is gone.
void Remover::settle_later(const UnfinishedVolume& row, const Deadline& deadline) {
  try {
    sets_.settle(row, deadline);
  } catch (const Error& error) {
    log(LogLevel::warning, "the volume sets of a volume are not in order yet; this will be retried",
        {{"volume", row.volume}, {"reason", error.what()}});
  }
}

void Remover::explain(const catalog::Volume& volume, const Error& error, const Deadline& deadline) {
  if (error.remote_code() != array::kVolumeExported) throw error.within("cannot remove volume " + volume.record.name);
  refuse_in_use(volume, catalog_.array(volume.array).array().list_exports(volume.array_volume, deadline));
}

void Remover::refuse_in_use(const catalog::Volume& volume, const std::vector<array::Export>& exports) {
  const std::string holders = holders_of(exports);
  refuse(volume, "it is in use by " + (holders.empty() ? "another host" : holders) +
                     "; stop the container there, or remove that export if the host is gone for good");
}

void Remover::refuse(const catalog::Volume& volume, const std::string& reason) {
  throw Error(ErrorKind::failed_precondition, "volume " + volume.record.name + " is not removed: " + reason);
}

}  // namespace hpe3par::volumes
