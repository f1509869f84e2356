#include "group_sight.h"

#include <future>

#include "status.h"

namespace hpe3par::volumes {

using array::RemoteCopyGroup;
using catalog::Volume;
using config::BackendConfig;
using replication::Side;
using replication::Site;

namespace {

constexpr Millis kKnown{60'000};
constexpr Millis kSilent{8'000};  // a silent array must leave time for the other one

bool has_member(const RemoteCopyGroup& group, const std::string& array_volume) {
  return group.find_member(array_volume) != nullptr;
}

// It is up, and whatever it does with the group, it does it without us.
bool refuses_us(ErrorKind kind) {
  return kind == ErrorKind::unauthenticated || kind == ErrorKind::permission_denied || kind == ErrorKind::internal;
}

bool took_over(const Side& side) {
  return side.is_primary() && side.reversed;
}

/// @param name empty: whatever it is called
std::optional<RemoteCopyGroup> find_in(const std::vector<RemoteCopyGroup>& groups, const std::string& name,
                                       const Volume& member) {
  for (const RemoteCopyGroup& group : groups)
    if ((name.empty() || group.name == name) && has_member(group, member.array_volume)) return group;
  return std::nullopt;
}

const array::GroupCopy* copy_of(const std::optional<RemoteCopyGroup>& group, const std::string& array_volume) {
  const array::GroupMember* const member = group ? group->find_member(array_volume) : nullptr;
  return member == nullptr || member->copies.empty() ? nullptr : &member->copies.front();
}

}  // namespace

GroupSight::GroupSight(const config::Config& config, catalog::Catalog& catalog, Clock& clock)
    : config_(config), catalog_(catalog), clock_(clock) {}

const BackendConfig& GroupSight::backend_of(const Volume& known) const {
  const BackendConfig* backend = config_.find_backend(known.backend);
  if (backend == nullptr || !backend->replication)
    throw Error(ErrorKind::failed_precondition, "volume " + known.record.name + " is replicated (remote copy group " +
                                                    known.record.group + "), but backend " + known.backend +
                                                    " has no replication_device in hpe.conf; add it, then retry");
  return *backend;
}

const std::string& GroupSight::key_of(const BackendConfig& backend, Site site) {
  return site == Site::own ? backend.array : backend.replication->array;
}

Site GroupSight::site_of(const Volume& known, const std::string& array) const {
  return array == backend_of(known).array ? Site::own : Site::peer;
}

GroupSighting GroupSight::look(const Volume& known, const Deadline& deadline) {
  const BackendConfig& backend = backend_of(known);
  const Deadline patience = deadline.sooner(kSilent);
  auto own = std::async(std::launch::async, [&] { return ask_own(backend, known, patience); });
  Answer peer = ask_peer(backend, known, patience);
  return remember(known, own.get(), std::move(peer));
}

void GroupSight::look_all(const std::vector<Volume>& volumes, const Deadline& deadline) {
  const Deadline patience = deadline.sooner(kSilent);
  std::map<std::string, std::future<Listing>> asked;
  std::vector<std::pair<const Volume*, const BackendConfig*>> known;
  for (const Volume& volume : volumes) {
    const BackendConfig* const backend = config_.find_backend(volume.backend);
    if (backend == nullptr || !backend->replication) continue;
    known.emplace_back(&volume, backend);
    for (const Site site : {Site::own, Site::peer}) {
      const std::string& key = key_of(*backend, site);
      if (!asked.contains(key))
        asked.emplace(key, std::async(std::launch::async, [this, key, &patience] { return list(key, patience); }));
    }
  }
  std::map<std::string, Listing> listings;
  for (auto& [key, listing] : asked) listings.emplace(key, listing.get());
  for (const auto& [volume, backend] : known) {
    const Listing& own = listings.at(backend->array);
    const Listing& peer = listings.at(backend->replication->array);
    remember(
        *volume,
        own.silence ? *own.silence : read_own(*backend, *volume, find_in(own.groups, volume->record.group, *volume)),
        peer.silence ? *peer.silence : read_peer(*backend, find_in(peer.groups, "", *volume)));
  }
}

std::optional<GroupSighting> GroupSight::find(const std::string& uuid) {
  const std::lock_guard hold(mutex_);
  const auto seen = seen_.find(uuid);
  if (seen == seen_.end() || clock_.now() - seen->second.sighting.at > kKnown) return std::nullopt;
  return seen->second.sighting;
}

std::string GroupSight::name_of(const std::string& key) const {
  return display_name(catalog_.array(key).status(), key);
}

GroupSight::Listing GroupSight::list(const std::string& key, const Deadline& deadline) {
  catalog::ArrayCatalog& array = catalog_.array(key);
  if (array.lost()) return {{}, silence(key, nullptr)};
  try {
    return {array.array().list_groups(deadline)};
  } catch (const Error& error) {
    return {{}, silence(key, &error)};
  }
}

GroupSight::Answer GroupSight::ask_own(const BackendConfig& backend, const Volume& known, const Deadline& deadline) {
  catalog::ArrayCatalog& own = catalog_.array(backend.array);
  if (own.lost()) return silence(backend.array, nullptr);
  try {
    return read_own(backend, known, own.array().find_group(known.record.group, deadline));
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::failed_precondition) throw;
    return silence(backend.array, &error);
  }
}

GroupSight::Answer GroupSight::ask_peer(const BackendConfig& backend, const Volume& known, const Deadline& deadline) {
  const std::string& key = backend.replication->array;
  if (catalog_.array(key).lost()) return silence(key, nullptr);
  try {
    return read_peer(backend, find_on_peer(backend, known, deadline));
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::failed_precondition) throw;
    return silence(key, &error);
  }
}

// A group that the volume is not in says nothing of it: it was not put in, or is being taken out.
GroupSight::Answer GroupSight::read_own(const BackendConfig& backend, const Volume& known,
                                        std::optional<RemoteCopyGroup> found) {
  if (found && !found->remote_name.empty()) {
    const std::lock_guard hold(mutex_);
    remote_names_[{backend.array, known.record.group}] = found->remote_name;
  }
  if (found && !has_member(*found, known.array_volume)) found.reset();
  Side side = replication::to_side(found, backend.replication->backend_id);
  side.array = name_of(backend.array);
  return {std::move(side), std::move(found)};
}

// The peer has a name of its own for our array; of the targets of this group, there is one.
GroupSight::Answer GroupSight::read_peer(const BackendConfig& backend, std::optional<RemoteCopyGroup> found) {
  Side side = replication::to_side(found, found && !found->targets.empty() ? found->targets.front().name : "");
  side.array = name_of(backend.replication->array);
  return {std::move(side), std::move(found)};
}

// Its name there is what our array told once; else the member tells which group it is.
std::optional<RemoteCopyGroup> GroupSight::find_on_peer(const BackendConfig& backend, const Volume& known,
                                                        const Deadline& deadline) {
  array::Array& peer = catalog_.array(backend.replication->array).array();
  std::string name;
  {
    const std::lock_guard hold(mutex_);
    const auto remembered = remote_names_.find({backend.array, known.record.group});
    if (remembered != remote_names_.end()) name = remembered->second;
  }
  if (!name.empty())
    if (auto found = peer.find_group(name, deadline); found && has_member(*found, known.array_volume)) return found;
  for (RemoteCopyGroup& group : peer.list_groups(deadline))
    if (has_member(group, known.array_volume)) return std::move(group);
  return std::nullopt;
}

GroupSight::Answer GroupSight::silence(const std::string& key, const Error* error) const {
  const array::ArrayStatus status = catalog_.array(key).status();
  Side side;
  side.array = display_name(status, key);
  if (!status.reason.empty()) side.silent_since = "since " + to_rfc3339(status.since) + ": " + status.reason;
  if (side.silent_since.empty() && error != nullptr) side.silent_since = error->what();
  side.refuses_us =
      status.state == array::ArrayStatus::State::refused || (error != nullptr && refuses_us(error->kind()));
  return {std::move(side)};
}

GroupSighting GroupSight::remember(const Volume& known, Answer own, Answer peer) {
  GroupSighting sighting;
  sighting.view = {std::move(own.side), std::move(peer.side)};
  sighting.at = clock_.now();
  const bool peer_serves = replication::fold(sighting.view).owner == Site::peer;
  for (const auto* group : {peer_serves ? &peer.group : &own.group, peer_serves ? &own.group : &peer.group}) {
    if (!*group) continue;
    if (!(*group)->targets.empty()) sighting.mode = (*group)->targets.front().mode;
    if (const array::GroupCopy* copy = copy_of(*group, known.array_volume)) sighting.copy = *copy;
    break;
  }
  const std::lock_guard hold(mutex_);
  Memory& memory = seen_[known.record.uuid];
  const replication::SetView& view = sighting.view;
  if (view.own.answer != Side::Answer::silent) memory.own = view.own;
  if (view.peer.answer != Side::Answer::silent) memory.peer = view.peer;
  sighting.taken = (view.own.answer == Side::Answer::silent && took_over(memory.own)) ||
                   (view.peer.answer == Side::Answer::silent && took_over(memory.peer));
  memory.sighting = sighting;
  return sighting;
}

}  // namespace hpe3par::volumes
