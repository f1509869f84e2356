#include <algorithm>

#include "hpe3par/base/error.h"
#include "hpe3par/wsapi/error_codes.h"
#include "wsapi_array_impl.h"

namespace hpe3par::array {

namespace code = wsapi::code;
using wsapi::Sent;
using wsapi::SetAction;

namespace {

VolumeSet to_set(wsapi::VolumeSet from) {
  return {std::move(from.name), std::move(from.members), from.qos_enabled,
          from.flash_cache_policy == wsapi::kFlashCacheOn, std::move(from.comment)};
}

bool holds(const wsapi::VolumeSet& set, const std::string& volume) {
  return std::find(set.members.begin(), set.members.end(), volume) != set.members.end();
}

/// What the array says to a member that is there already, or to one that is not, has no number that could be relied
/// upon: the set itself tells.
bool worth_a_look(const Sent& sent) {
  return sent.outcome == Sent::Outcome::unknown || sent.error->kind() == ErrorKind::failed_precondition ||
         sent.error->kind() == ErrorKind::already_exists || sent.error->kind() == ErrorKind::not_found;
}

}  // namespace

std::optional<VolumeSet> WsapiArray::find_set(const std::string& name, const Deadline& deadline) {
  check_usable(deadline);
  auto found = wsapi::get_volume_set(client_, name, deadline);
  if (!found) return std::nullopt;
  return to_set(std::move(*found));
}

std::vector<VolumeSet> WsapiArray::list_sets_of(const std::string& volume, const Deadline& deadline) {
  check_usable(deadline);
  std::map<std::string, VolumeSet> found;  // a request that broke off and was repeated brings sets again
  wsapi::get_volume_sets(
      client_,
      [&](const wsapi::VolumeSet& set) {
        if (holds(set, volume)) found[set.name] = to_set(set);
      },
      deadline);
  std::vector<VolumeSet> sets;
  for (auto& [name, set] : found) sets.push_back(std::move(set));
  return sets;
}

SetStore::QosRule WsapiArray::find_qos_rule(const std::string& set, const Deadline& deadline) {
  refuse_old_build();
  const std::optional<bool> enabled = wsapi::get_qos_enabled(client_, set, deadline);
  if (!enabled) return QosRule::none;
  return *enabled ? QosRule::enabled : QosRule::disabled;
}

bool WsapiArray::has_flash_cache(const Deadline& deadline) {
  refuse_old_build();
  try {
    return wsapi::has_flash_cache(client_, deadline);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::unimplemented || !error.remote_code()) throw;
    return false;  // arrays without spinning disks know no flash cache
  }
}

void WsapiArray::create_flash_cache_set(const std::string& name, const std::string& volume, const std::string& cpg,
                                        const Deadline& deadline) {
  check_usable(deadline);
  create_set({name, domain_of(cpg, deadline), "flash cache of volume " + volume, {volume}}, deadline);
  switch_on_flash_cache(name, deadline);
}

void WsapiArray::switch_on_flash_cache(const std::string& set, const Deadline& deadline) {
  const std::string attempted = "flash cache was switched on for volume set " + set;
  for (int round = 1;; ++round) {
    const Sent sent = wsapi::put_flash_cache_on(client_, set, deadline);
    if (sent.done()) return;
    if (sent.outcome == Sent::Outcome::not_done) throw Error(*sent.error);
    const auto found =
        look_after(*sent.error, attempted, [&] { return wsapi::get_volume_set(client_, set, deadline); });
    if (found && found->flash_cache_policy == wsapi::kFlashCacheOn) return;
    if (round == 2) throw still_unknown(*sent.error, attempted);
  }
}

void WsapiArray::create_set(const wsapi::VolumeSetBody& body, const Deadline& deadline) {
  const std::string attempted = "volume set " + body.name + " was created";
  for (int round = 1;; ++round) {
    const Sent sent = wsapi::post_volume_set(client_, body, deadline);
    if (sent.done()) return;
    const bool unknown = sent.outcome == Sent::Outcome::unknown;
    if (!unknown && !sent.refused_with(code::kExistentSet)) throw Error(*sent.error);
    const auto found =
        look_after(*sent.error, attempted, [&] { return wsapi::get_volume_set(client_, body.name, deadline); });
    if (found && found->members == body.members) return;
    if (found)
      throw Error(ErrorKind::already_exists, "array " + name() + ": there is a volume set " + body.name +
                                                 " with other members; remove it if it is not needed");
    if (round == 2) throw still_unknown(*sent.error, attempted);
  }
}

void WsapiArray::add_to_set(const std::string& name, const std::string& volume, const Deadline& deadline) {
  change_membership(SetAction::add, name, volume, deadline);
}

void WsapiArray::remove_from_set(const std::string& name, const std::string& volume, const Deadline& deadline) {
  change_membership(SetAction::remove, name, volume, deadline);
}

void WsapiArray::change_membership(SetAction action, const std::string& set, const std::string& volume,
                                   const Deadline& deadline) {
  check_usable(deadline);
  const bool adds = action == SetAction::add;
  const std::string attempted = "volume " + volume + (adds ? " was added to" : " was taken out of") + " set " + set;
  for (int round = 1;; ++round) {
    const Sent sent = wsapi::put_volume_set_member(client_, set, action, volume, deadline);
    if (sent.done()) return;
    if (!adds && sent.refused_with(code::kNonExistentSet)) return;
    if (!worth_a_look(sent) || sent.refused_with(code::kNonExistentSet)) throw Error(*sent.error);
    const auto found =
        look_after(*sent.error, attempted, [&] { return wsapi::get_volume_set(client_, set, deadline); });
    if (found ? holds(*found, volume) == adds : !adds) return;
    if (sent.outcome == Sent::Outcome::not_done) throw Error(*sent.error);
    if (round == 2) throw still_unknown(*sent.error, attempted);
  }
}

bool WsapiArray::create_empty_set(const std::string& name, const std::string& comment, const Deadline& deadline) {
  check_usable(deadline);
  const std::string attempted = "volume set " + name + " was created";
  bool doubt = false;  // an attempt of ours may have made it
  for (int round = 1;; ++round) {
    const Sent sent = wsapi::post_volume_set(client_, {name, "", comment, {}}, deadline);
    if (sent.done()) return true;
    const bool unknown = sent.outcome == Sent::Outcome::unknown;
    const bool taken = sent.refused_with(code::kExistentSet);
    doubt = doubt || unknown || sent.repeated;
    if (taken && !doubt) return false;
    if (!unknown && !taken) throw Error(*sent.error);
    const auto found =
        look_after(*sent.error, attempted, [&] { return wsapi::get_volume_set(client_, name, deadline); });
    if (found) return found->comment == comment;
    if (round == 2) throw still_unknown(*sent.error, attempted);
  }
}

bool WsapiArray::rename_set(const std::string& name, const std::string& new_name, const Deadline& deadline) {
  check_usable(deadline);
  const std::string attempted = "volume set " + name + " was renamed";
  for (int round = 1;; ++round) {
    const Sent sent = wsapi::put_volume_set_name(client_, name, new_name, deadline);
    if (sent.done()) return true;
    const bool gone = sent.refused_with(code::kNonExistentSet);
    if (gone && round == 1) return false;
    if (!gone && sent.outcome == Sent::Outcome::not_done) throw Error(*sent.error);
    if (look_after(*sent.error, attempted, [&] { return wsapi::get_volume_set(client_, new_name, deadline); }))
      return true;
    if (gone) return false;
    if (round == 2) throw still_unknown(*sent.error, attempted);
  }
}

void WsapiArray::remove_set(const std::string& name, const Deadline& deadline) {
  check_usable(deadline);
  try {
    wsapi::delete_volume_set(client_, name, deadline);
  } catch (const Error& error) {
    if (error.remote_code() != code::kNonExistentSet) throw;
  }
}

/// CPGs do not change their domain.
std::string WsapiArray::domain_of(const std::string& cpg, const Deadline& deadline) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = domain_by_cpg_.find(cpg); known != domain_by_cpg_.end()) return known->second;
  }
  std::string domain = wsapi::get_domain_of_cpg(client_, cpg, deadline);
  const std::lock_guard lock(mutex_);
  domain_by_cpg_[cpg] = domain;
  return domain;
}

}  // namespace hpe3par::array
