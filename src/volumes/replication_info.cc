#include "replication_info.h"

namespace hpe3par::volumes {

using array::CopyMode;
using array::SyncStatus;
using replication::Side;

namespace {

std::string word_of(CopyMode mode) {
  switch (mode) {
    case CopyMode::synchronous: return "synchronous";
    case CopyMode::periodic: return "periodic";
    case CopyMode::streaming: return "streaming";
    case CopyMode::unknown: break;
  }
  return "";
}

std::string word_of(SyncStatus status) {
  switch (status) {
    case SyncStatus::fresh: return "new";
    case SyncStatus::syncing: return "syncing";
    case SyncStatus::synced: return "synced";
    case SyncStatus::not_synced: return "not synced";
    case SyncStatus::stale: return "stale";
    case SyncStatus::failsafe: return "failsafe";
    case SyncStatus::other: break;
  }
  return "unknown";
}

ReplicationSite to_site(const Side& side) {
  ReplicationSite site;
  site.array = side.array;
  site.reachable = side.answer != Side::Answer::silent;
  if (side.answer == Side::Answer::no_group) site.state = "no group";
  if (side.answer == Side::Answer::silent) site.state = side.silent_since;
  if (side.answer != Side::Answer::group) return site;
  site.role = side.is_primary() ? "primary" : side.is_secondary() ? "secondary" : "unknown";
  site.reversed = side.reversed;
  site.state = replication::to_word(side.state);
  return site;
}

}  // namespace

ReplicationInfo describe_replication(const catalog::Volume& volume, const config::BackendConfig* backend,
                                     const std::optional<GroupSighting>& seen) {
  ReplicationInfo info;
  info.group = volume.record.group;
  if (backend != nullptr && backend->replication) info.kind = config::to_string(backend->replication->kind());
  if (!seen) return info;
  const replication::Composite now = replication::fold(seen->view);
  info.mode = word_of(seen->mode);
  info.state = replication::to_word(now.state);
  if (now.owner) info.serving_array = seen->view.at(*now.owner).array;
  info.sites = {to_site(seen->view.own), to_site(seen->view.peer)};
  if (!seen->copy) return info;
  info.sync_status = word_of(seen->copy->status);
  info.progress_percent = seen->copy->progress_percent;
  info.last_sync = seen->copy->last_sync;
  return info;
}

std::string why_half(const ReplicationInfo& info) {
  if (info.kind != config::to_string(config::ReplicationKind::peer_persistence) || info.exports.size() != 1) return "";
  return "it is exported from array " + info.exports.front() +
         " only, so its containers stop if that array does; the other export is got when the two arrays replicate "
         "again";
}

bool is_served(const std::optional<GroupSighting>& seen) {
  return seen && replication::fold(seen->view).owner.has_value();
}

}  // namespace hpe3par::volumes
