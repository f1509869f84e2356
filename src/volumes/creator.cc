#include "creator.h"

#include "existing.h"
#include "hpe3par/base/error.h"
#include "hpe3par/base/uuid.h"
#include "hpe3par/journal/crash_point.h"
#include "option_text.h"
#include "plan.h"

namespace hpe3par::volumes {

using journal::crash_point;

namespace {

constexpr Millis kUndoBudget{8'000};  // of the ten seconds that the engine waits longer than we do
constexpr Millis kJustListed{5'000};
constexpr auto kMayBeAtWork = std::chrono::minutes(3);  // a host that creates a volume

/// What is under way with a volume that is being made.
/// @param backend nullptr: hpe.conf has it no more
journal::UnfinishedVolume to_row(const catalog::Volume& volume, const VolumeOptions& options,
                                 const config::BackendConfig* backend) {
  journal::UnfinishedVolume row;
  row.uuid = volume.record.uuid;
  row.volume = volume.record.name;
  row.array = volume.array;
  row.array_volume = volume.array_volume;
  row.sets = wanted_sets(options, volume.record.uuid);
  row.group = volume.record.group;
  if (backend != nullptr && backend->replication) row.peer = backend->replication->array;
  return row;
}

/// Creating what is there already is success if it is what was asked for.
void accept_existing(const catalog::Volume& existing, const RawOptions& raw, const VolumeOptions& wanted,
                     const config::Config& config) {
  const std::string differences = differences_from(existing, raw, wanted, config);
  if (!differences.empty())
    throw Error(ErrorKind::already_exists, "volume " + existing.record.name + " exists with other options: " +
                                               differences + "; choose another name, or remove it first");
}

/// What the array of the backend does. If that does not answer, whoever asked is told which backend it was.
template <typename Act>
void on_backend(const VolumeOptions& options, const Act& act) {
  try {
    act();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::unavailable) throw;
    throw error.within("backend " + options.backend);
  }
}

}  // namespace

void Creator::create(const std::string& name, const RawOptions& raw, const VolumeOptions& options,
                     const Deadline& deadline) {
  if (accept_what_exists(name, raw, options, deadline)) return;
  const Order order = make_order(name, options);
  catalog::ArrayCatalog& array = catalog_.array(order.volume.array);
  on_backend(options, [&] { rules_.check(array.array(), options, deadline); });
  array.reserve(order.volume);
  if (takes_more(order)) sets_.begin(order.unfinished);
  crash_point("create.journaled");
  on_backend(options, [&] { post(order, raw, options, deadline); });
}

bool Creator::accept_what_exists(const std::string& name, const RawOptions& raw, const VolumeOptions& options,
                                 const Deadline& deadline) {
  if (const auto cut_off = sets_.find(name)) sets_.settle(*cut_off, deadline);
  if (catalog_.find_known(name)) {
    // Asked now: success must not be said of a volume that another host removed a moment ago.
    if (const auto existing = catalog_.read(name, Millis(0), deadline)) {
      accept_existing(*existing, raw, options, config_);
      complete_existing(*existing, deadline);
      return true;
    }
  }
  const std::string& array = config_.find_backend(options.backend)->array;
  catalog_.ensure_name_is_free(name, {array, options.backend, raw.contains("backend")}, deadline);
  if (!catalog_.find_known(name)) return false;
  const std::optional<catalog::Volume> known = catalog_.read(name, kJustListed, deadline);
  if (!known) return false;
  accept_existing(*known, raw, options, config_);
  complete_existing(*known, deadline);
  return true;
}

// A replicated volume that is in no group is being made by another host, or was left behind by one that died; so was a
// copy without record.
void Creator::complete_existing(const catalog::Volume& existing, const Deadline& deadline) {
  const catalog::VolumeRecord& record = existing.record;
  if (record.group.empty() || existing.is_copy()) return;
  if (existing.group || replicator_.is_attached(existing, deadline)) {
    replicator_.identify_copy(existing, deadline);
    return;
  }
  array::Array& array = catalog_.array(existing.array).array();
  // Somebody took it out of its group since it was made. That is nobody's to mend but his; a mount tells.
  if (is_used(array, existing.array_volume, deadline)) return;
  const std::optional<WallTime> now = array.array_time();
  if (!now || *now - existing.created < kMayBeAtWork)
    throw Error(ErrorKind::unavailable, "volume " + record.name + " exists, but is not in remote copy group " +
                                            record.group + " yet, because another host is creating it; retry");
  journal::UnfinishedVolume row =
      to_row(existing, from_record_options(record.options, config_), config_.find_backend(existing.backend));
  sets_.begin(row);
  if (sets_.settle(row, deadline) != UnfinishedAction::complete || !catalog_.read(record.name, Millis(0), deadline))
    throw Error(ErrorKind::unavailable, "volume " + record.name +
                                            ", which another host had begun to create, could not be completed and is "
                                            "removed; retry");
}

// More than the one request that makes the volume.
bool Creator::takes_more(const Order& order) {
  return !order.unfinished.sets.empty() || !order.unfinished.group.empty();
}

Creator::Order Creator::make_order(const std::string& name, const VolumeOptions& options) const {
  const config::BackendConfig* backend = config_.find_backend(options.backend);
  Order order;
  catalog::Volume& volume = order.volume;
  volume.record = {name,
                   make_uuid(),
                   config_.host.volume_namespace,
                   to_record_options(options, config_),
                   false,
                   options.replication_group};
  if (backend->replication) volume.record.pair = replicator_.pair_of(*backend);
  volume.comment = catalog::encode_record(volume.record);
  volume.array = backend->array;
  volume.array_volume = catalog::array_volume_name(config_.host.volume_namespace, name);
  volume.backend = options.backend;
  volume.cpg = options.cpg;
  volume.size_mib = static_cast<std::uint64_t>(options.size_gib) * 1024;
  volume.created = volume.seen = clock_.wall();
  order.unfinished = to_row(volume, options, backend);
  order.body = {volume.array_volume,  options.cpg,    options.snap_cpg,   volume.size_mib,
                options.provisioning, volume.comment, options.compression};
  order.body.needs_snap_cpg = volume.record.options.contains("snapcpg");
  return order;
}

void Creator::post(const Order& order, const RawOptions& raw, const VolumeOptions& options, const Deadline& deadline) {
  catalog::ArrayCatalog& array = catalog_.array(order.volume.array);
  try {
    array.array().create_volume(order.body, deadline);
  } catch (const Error& error) {
    if (error.remote_code() != array::kVolumeExists) refuse(order, options, error);
    const std::optional<catalog::Volume> existing = array.fetch(order.volume.array_volume, deadline);
    // The same uuid: the array made it at a first request of which it denied that.
    if (!existing || existing->record.uuid != order.volume.record.uuid) {
      sets_.end(order.unfinished.uuid);
      accept_conflict(order, existing, raw, options);
      return complete_existing(*existing, deadline);
    }
  }
  crash_point("create.posted");
  sets_.end_others(order.volume.record.name, order.volume.record.uuid);
  if (takes_more(order)) complete(order, deadline);
  catalog::Volume made = order.volume;
  if (!order.unfinished.group.empty()) made.group = order.unfinished.group;
  made.confirmed = clock_.now();
  array.put(made);
  crash_point("create.recorded");
}

void Creator::complete(const Order& order, const Deadline& deadline) {
  try {
    sets_.join(order.unfinished, order.body.cpg, deadline);
    if (!order.unfinished.group.empty()) replicator_.attach(order.volume, deadline);
  } catch (const Error& error) {
    if (error.remote_code() == array::kNoSuchSet)
      for (const std::string& set : order.unfinished.sets)
        rules_.forget_set(catalog_.array(order.volume.array).array(), set);
    const SetKeeper::Undone undone = sets_.undo(order.unfinished, Deadline::after(clock_, kUndoBudget));
    throw error.within(describe_undone(order, undone));
  }
  sets_.end(order.unfinished.uuid);
  crash_point("create.finished");
}

std::string Creator::describe_undone(const Order& order, SetKeeper::Undone undone) const {
  const std::string volume = "volume " + order.volume.record.name;
  switch (undone) {
    case SetKeeper::Undone::removed: break;
    case SetKeeper::Undone::later:
      return volume + " is not created (what was made of it is removed when its array allows it)";
    case SetKeeper::Undone::kept:
      return volume +
             " exists and is kept, because somebody uses it already, but it is not in all of its volume sets (" +
             join(order.unfinished.sets, ", ") + "); put it into them on the array, or remove it and create it anew";
  }
  return volume + " is not created";
}

void Creator::refuse(const Order& order, const VolumeOptions& options, const Error& error) {
  if (is_final(error.kind())) sets_.end(order.unfinished.uuid);
  const bool about_cpgs = is_about_cpgs(error.remote_code());
  throw error.within("volume " + order.volume.record.name +
                     (about_cpgs ? " (cpg=" + options.cpg + ", snapcpg=" + options.snap_cpg + ")" : ""));
}

void Creator::accept_conflict(const Order& order, const std::optional<catalog::Volume>& existing, const RawOptions& raw,
                              const VolumeOptions& options) {
  const std::string& name = order.volume.record.name;
  if (existing && existing->record.name == name) return accept_existing(*existing, raw, options, config_);
  throw Error(ErrorKind::already_exists, "cannot create volume " + name + ": array " +
                                             catalog_.array(order.volume.array).array().name() + " has a volume " +
                                             order.volume.array_volume +
                                             " that is not a volume of this plugin; rename or remove that one, or "
                                             "choose another name");
}

}  // namespace hpe3par::volumes
