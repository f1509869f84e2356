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

/// @param name empty: whatever it is called
std::optional<RemoteCopyGroup> find_in(const std::vector<RemoteCopyGroup>& groups, const std::string& name,
                                       const Volume& member) {
  for (const RemoteCopyGroup& group : groups)
    if ((name.empty() || group.name == name) && has_member(group, member.array_volume)) return group;
  return std::nullopt;
}

const RemoteCopyGroup* find_named(const std::vector<RemoteCopyGroup>& groups, const std::string& name) {
  for (const RemoteCopyGroup& group : groups)
    if (group.name == name) return &group;
  return nullptr;
}

/// What the other array, which has these, calls a group.
std::optional<RemoteCopyGroup> find_other_end(const std::vector<RemoteCopyGroup>& groups,
                                              const RemoteCopyGroup& group) {
  for (const RemoteCopyGroup& each : groups)
    if (!group.remote_name.empty() && each.name == group.remote_name) return each;
  for (const RemoteCopyGroup& each : groups)
    for (const array::GroupMember& member : group.members)
      if (has_member(each, member.volume)) return each;
  return std::nullopt;
}

const array::GroupCopy* copy_of(const std::optional<RemoteCopyGroup>& group, const std::string& array_volume) {
  const array::GroupMember* const member = group ? group->find_member(array_volume) : nullptr;
  return member == nullptr || member->copies.empty() ? nullptr : &member->copies.front();
}

}  // namespace

GroupSight::GroupSight(const config::Config& config, catalog::Catalog& catalog, GroupTakes& takes, Clock& clock)
    : config_(config), catalog_(catalog), takes_(takes), clock_(clock) {}

const BackendConfig& GroupSight::backend_of(const Volume& known) const {
  const BackendConfig* backend = config_.find_backend(known.backend);
  if (backend == nullptr || !backend->replication)
    throw Error(ErrorKind::failed_precondition, "volume " + known.record.name + " is replicated (remote copy group " +
                                                    known.record.group + "), but backend " + known.backend +
                                                    " has no replication_device in hpe.conf; add it, then retry");
  return *backend;
}

Site GroupSight::site_of(const Volume& known, const std::string& array) const {
  return volumes::site_of(backend_of(known), array);
}

GroupSighting GroupSight::look(const Volume& known, const Deadline& deadline) {
  const BackendConfig& backend = backend_of(known);
  const Deadline patience = deadline.sooner(kSilent);
  auto own = std::async(std::launch::async, [&] { return ask_own(backend, known, patience); });
  Answer peer = ask_peer(backend, known, patience);
  forget_old();
  return remember(backend, known, own.get(), std::move(peer));
}

void GroupSight::look_all(const std::vector<Volume>& volumes, bool with_taken, const Deadline& deadline) {
  std::set<std::string> keys;
  std::vector<std::pair<const Volume*, const BackendConfig*>> known;
  for (const Volume& volume : volumes) {
    const BackendConfig* const backend = config_.find_backend(volume.backend);
    if (backend == nullptr || !backend->replication) continue;
    known.emplace_back(&volume, backend);
    keys.insert({backend->array, backend->replication->array});
  }
  const std::vector<journal::TakenGroup> taken = takes_.all();
  if (with_taken)
    for (const journal::TakenGroup& each : taken)
      for (const BackendConfig* backend : backends_of(each)) keys.insert({backend->array, backend->replication->array});

  const Listings listings = list_all(keys, deadline.sooner(kSilent));
  forget_old();
  for (const auto& [volume, backend] : known) {
    const Listing& own = listings.at(backend->array);
    const Listing& peer = listings.at(backend->replication->array);
    remember(
        *backend, *volume,
        own.silence ? *own.silence : read_own(*backend, *volume, find_in(own.groups, volume->record.group, *volume)),
        peer.silence ? *peer.silence : read_peer(*backend, find_in(peer.groups, "", *volume)));
  }
  for (const journal::TakenGroup& each : taken)
    for (const BackendConfig* backend : backends_of(each)) learn(each, *backend, listings);
}

GroupSight::Listings GroupSight::list_all(const std::set<std::string>& keys, const Deadline& deadline) {
  std::map<std::string, std::future<Listing>> asked;
  for (const std::string& key : keys)
    asked.emplace(key, std::async(std::launch::async, [this, key, &deadline] { return list(key, deadline); }));
  Listings listings;
  for (auto& [key, listing] : asked) listings.emplace(key, listing.get());
  return listings;
}

// Several, if the array has groups with several others.
std::vector<const BackendConfig*> GroupSight::backends_of(const journal::TakenGroup& taken) const {
  std::vector<const BackendConfig*> backends;
  for (const BackendConfig& each : config_.backends)
    if (each.replication && each.array == taken.array &&
        (taken.taker == each.array || taken.taker == each.replication->array))
      backends.push_back(&each);
  return backends;
}

void GroupSight::learn(const journal::TakenGroup& taken, const BackendConfig& backend, const Listings& listings) {
  const auto own = listings.find(backend.array);
  const auto peer = listings.find(backend.replication->array);
  if (own == listings.end() || peer == listings.end() || own->second.silence) return;
  const RemoteCopyGroup* const group = find_named(own->second.groups, taken.group);
  if (group == nullptr) {
    if (!peer->second.silence) takes_.learn_gone(backend, taken.group);
    return;
  }
  replication::SetView view;
  view.own = replication::to_side(*group, backend.replication->backend_id);
  if (view.own.answer != Side::Answer::group) return;  // it goes to another array
  view.own.array = name_of(backend.array);
  view.peer = peer->second.silence ? peer->second.silence->side
                                   : read_peer(backend, find_other_end(peer->second.groups, *group)).side;
  takes_.learn(backend, taken.group, view);
}

std::optional<GroupSighting> GroupSight::find(const std::string& uuid) {
  const std::lock_guard hold(mutex_);
  const auto seen = seen_.find(uuid);
  if (seen == seen_.end() || clock_.now() - seen->second.at > kKnown) return std::nullopt;
  return seen->second;
}

std::size_t GroupSight::size() {
  const std::lock_guard hold(mutex_);
  return seen_.size();
}

void GroupSight::forget_old() {
  const std::lock_guard hold(mutex_);
  std::erase_if(seen_, [&](const auto& each) { return clock_.now() - each.second.at > kKnown; });
}

std::string GroupSight::name_of(const std::string& key) const {
  return display_name(catalog_.array(key).status(), key);
}

// One that must not be used is a mistake that whoever wants to mount has to read, and no reason to look at nothing
// else.
std::optional<GroupSight::Answer> GroupSight::try_to(const std::string& key, Refusal refusal,
                                                     const std::function<void(array::Array&)>& ask) const {
  catalog::ArrayCatalog& array = catalog_.array(key);
  if (array.lost()) return silence(key, nullptr);
  try {
    ask(array.array());
    return std::nullopt;
  } catch (const Error& error) {
    if (refusal == Refusal::is_thrown && error.kind() == ErrorKind::failed_precondition) throw;
    return silence(key, &error);
  }
}

GroupSight::Listing GroupSight::list(const std::string& key, const Deadline& deadline) {
  Listing listing;
  listing.silence =
      try_to(key, Refusal::is_silence, [&](array::Array& array) { listing.groups = array.list_groups(deadline); });
  return listing;
}

GroupSight::Answer GroupSight::ask_own(const BackendConfig& backend, const Volume& known, const Deadline& deadline) {
  Answer answer;
  const auto silent = try_to(backend.array, Refusal::is_thrown, [&](array::Array& own) {
    answer = read_own(backend, known, own.find_group(known.record.group, deadline));
  });
  return silent ? *silent : answer;
}

GroupSight::Answer GroupSight::ask_peer(const BackendConfig& backend, const Volume& known, const Deadline& deadline) {
  Answer answer;
  const auto silent = try_to(backend.replication->array, Refusal::is_thrown, [&](array::Array& peer) {
    answer = read_peer(backend, find_on_peer(peer, backend, known, deadline));
  });
  return silent ? *silent : answer;
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
std::optional<RemoteCopyGroup> GroupSight::find_on_peer(array::Array& peer, const BackendConfig& backend,
                                                        const Volume& known, const Deadline& deadline) {
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

GroupSighting GroupSight::remember(const BackendConfig& backend, const Volume& known, Answer own, Answer peer) {
  GroupSighting sighting;
  sighting.view = {std::move(own.side), std::move(peer.side),
                   backend.replication->kind() == config::ReplicationKind::peer_persistence};
  sighting.at = clock_.now();
  const bool peer_serves = replication::fold(sighting.view).owner == Site::peer;
  for (const auto* group : {peer_serves ? &peer.group : &own.group, peer_serves ? &own.group : &peer.group}) {
    if (!*group) continue;
    if (!(*group)->targets.empty()) sighting.mode = (*group)->targets.front().mode;
    if (const array::GroupCopy* copy = copy_of(*group, known.array_volume)) sighting.copy = *copy;
    break;
  }
  takes_.learn(backend, known.record.group, sighting.view);
  const std::lock_guard hold(mutex_);
  seen_[known.record.uuid] = sighting;
  return sighting;
}

}  // namespace hpe3par::volumes
