#include <unordered_set>

#include "builds.h"
#include "conversions.h"
#include "hpe3par/base/error.h"
#include "hpe3par/wsapi/error_codes.h"
#include "hpe3par/wsapi/volumes.h"
#include "wsapi_array_impl.h"

namespace hpe3par::array {

namespace code = wsapi::code;
using wsapi::Sent;

namespace {

/// A volume that was unexported a moment ago still counts as in use for a while.
constexpr Millis kStillInUse[] = {Millis(500), Millis(1'000)};

/// What remote copy calls the snapshots between which it copies.
constexpr const char* kOfRemoteCopy = "rcpy.";

Error name_is_taken(const std::string& array, const std::string& name) {
  return Error(ErrorKind::already_exists,
               "array " + array + ": cannot create volume " + name + ": another volume has this name (code 22)",
               code::kExistentVolume);
}

}  // namespace

void WsapiArray::check_order(const NewVolume& order, const Deadline& deadline) {
  build(deadline);
  std::string reason = why_unable(order, known_abilities());
  if (!reason.empty()) {
    // The array may have been upgraded, or have got a licence, since it was last asked.
    learn_build(deadline);
    if (order.compression) learn_system(deadline);
    reason = why_unable(order, known_abilities());
  }
  if (!reason.empty()) throw about(Error(ErrorKind::failed_precondition, reason));
}

void WsapiArray::create_volume(const NewVolume& volume, const Deadline& deadline) {
  check_order(volume, deadline);
  const int build = known_build();
  try {
    return post_volume(volume, build, deadline);
  } catch (const Error& error) {
    // A body of another version's is what an array that was upgraded refuses.
    const bool refused = error.kind() == ErrorKind::invalid_argument && error.remote_code();
    if (!refused || !has_other_build(build, deadline)) throw;
  }
  check_order(volume, deadline);
  post_volume(volume, known_build(), deadline);
}

/// Asks. An array that does not answer has not changed, as far as anybody knows.
bool WsapiArray::has_other_build(int build, const Deadline& deadline) {
  try {
    learn_build(deadline);
  } catch (const Error&) {
    return false;
  }
  return known_build() != build;
}

void WsapiArray::post_volume(const NewVolume& volume, int build, const Deadline& deadline) {
  const wsapi::VolumeBody body = to_body(volume, build);
  const std::string attempted = "volume " + volume.name + " was created";
  bool doubt = false;  // an attempt of ours may have made it
  for (int round = 1;; ++round) {
    const Sent sent = wsapi::post_volume(client_, body, deadline);
    if (sent.done()) return identities_.created(volume.name, volume.comment);
    const bool unknown = sent.outcome == Sent::Outcome::unknown;
    doubt = doubt || sent.repeated || unknown;
    if (!unknown && !(doubt && sent.refused_with(code::kExistentVolume))) throw Error(*sent.error);

    const auto found =
        look_after(*sent.error, attempted, [&] { return wsapi::get_volume(client_, volume.name, deadline); });
    if (found && !volume.comment.empty() && found->comment == volume.comment) return identities_.saw(*found);
    if (found) throw name_is_taken(name(), volume.name);
    if (round == 2) throw still_unknown(*sent.error, attempted);
  }
}

std::optional<ArrayVolume> WsapiArray::find_volume(const std::string& name, const Deadline& deadline) {
  check_usable(deadline);
  const auto found = wsapi::get_volume(client_, name, deadline);
  if (!found) return std::nullopt;
  identities_.saw(*found);
  return to_array_volume(*found);
}

void WsapiArray::visit_volumes(const std::string& query, const std::vector<std::string>& prefixes,
                               const std::function<void(const ArrayVolume&)>& visit, const Deadline& deadline) {
  std::unordered_set<std::string> visited;  // a request that broke off and was repeated brings volumes again
  wsapi::get_volumes(
      client_, query, [&](std::string_view name) { return begins_with_one_of(name, prefixes); },
      [&](const wsapi::Volume& volume) {
        if (visited.insert(volume.name).second) visit(to_array_volume(volume));
      },
      deadline);
}

void WsapiArray::list_volumes(const std::vector<std::string>& prefixes,
                              const std::function<void(const ArrayVolume&)>& visit, const Deadline& deadline) {
  if (prefixes.empty()) return;
  std::string query = volume_query(prefixes, build(deadline));
  {
    const std::lock_guard lock(mutex_);
    if (!filters_names_) query.clear();
  }
  try {
    visit_volumes(query, prefixes, visit, deadline);
    return;
  } catch (const Error& error) {
    if (query.empty() || error.kind() != ErrorKind::invalid_argument || !error.remote_code()) throw;
  }
  visit_volumes("", prefixes, visit, deadline);
  const std::lock_guard lock(mutex_);
  filters_names_ = false;
}

std::vector<std::string> WsapiArray::list_children(const std::string& name, const Deadline& deadline) {
  check_usable(deadline);
  std::vector<std::string> children = wsapi::get_copies_of(client_, name, deadline);
  std::erase_if(children, [](const std::string& child) { return child.starts_with(kOfRemoteCopy); });
  return children;
}

void WsapiArray::write_comment(const std::string& name, const std::string& comment, const Deadline& deadline) {
  check_usable(deadline);
  const std::string attempted = "the record of volume " + name + " was written";
  for (int round = 1;; ++round) {
    const Sent sent = wsapi::put_volume_comment(client_, name, comment, deadline);
    if (sent.done()) return;
    if (sent.outcome == Sent::Outcome::not_done) throw Error(*sent.error);
    const auto found = look_after(*sent.error, attempted, [&] { return wsapi::get_volume(client_, name, deadline); });
    if (found && found->comment == comment) return;
    if (round == 2) throw still_unknown(*sent.error, attempted);
  }
}

void WsapiArray::remove_volume(const std::string& name, InUse in_use, const Deadline& deadline) {
  check_usable(deadline);
  const SteadyTime begun = deadline.clock().now();
  const auto* pause = in_use == InUse::wait ? std::begin(kStillInUse) : std::end(kStillInUse);
  for (int lost = 0;;) {
    const Sent sent = wsapi::delete_volume(client_, name, deadline);
    if (sent.done() || sent.refused_with(code::kNonExistentVolume)) return;
    if (sent.refused_with(code::kInUse) && pause != std::end(kStillInUse) && *pause < deadline.remaining() &&
        deadline.sleep_for(*pause)) {
      ++pause;
      continue;
    }
    if (sent.outcome == Sent::Outcome::not_done) throw Error(*sent.error);
    const Removal removal = look_after_removal(name, *sent.error, begun, deadline);
    if (removal == Removal::done) return;
    if (removal == Removal::unclear || ++lost == 2) throw still_unknown(*sent.error, "volume " + name + " was removed");
  }
}

/// The volume that has the name now: is it the one that was to be removed?
WsapiArray::Removal WsapiArray::look_after_removal(const std::string& name, const Error& lost, SteadyTime begun,
                                                   const Deadline& deadline) {
  const auto found =
      look_after(lost, "volume " + name + " was removed", [&] { return wsapi::get_volume(client_, name, deadline); });
  if (!found) return Removal::done;
  switch (identities_.compare(*found)) {
    case IdentityMemory::Same::yes: return Removal::again;
    case IdentityMemory::Same::no: return Removal::done;
    case IdentityMemory::Same::unknown: break;
  }
  // By the array's clock, whose seconds are whole: was it there before the removal began?
  const auto since = deadline.clock().now() - begun;
  const bool older = found->age && *found->age > since + std::chrono::seconds(1);
  return older ? Removal::again : Removal::unclear;
}

}  // namespace hpe3par::array
