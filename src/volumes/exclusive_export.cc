#include "exclusive_export.h"

#include <algorithm>
#include <random>

#include "hpe3par/base/error.h"
#include "hpe3par/base/log.h"
#include "hpe3par/journal/crash_point.h"

namespace hpe3par::volumes {
namespace {

constexpr Millis kLongestGap{5'000};
constexpr Millis kMemory{120'000};
constexpr int kMostRounds = 20;
constexpr Millis kGlimpse{5'000};

// Spreads hosts that wait for the same volume.
Millis jittered(Millis around) {
  thread_local std::minstd_rand random{std::random_device{}()};
  return Millis(std::uniform_int_distribution<Millis::rep>(around.count() * 7 / 10, around.count() * 13 / 10)(random));
}

}  // namespace

Waited ConflictMemory::observe(const std::string& uuid, const Look& look) {
  const std::lock_guard hold(mutex_);
  const SteadyTime now = clock_.now();
  Entry& entry = entries_[uuid];
  const bool forgotten = now - entry.last > kMemory;  // who knows what it did meanwhile
  if (entry.holder != look.holder || forgotten) entry = {look.holder, {}, now};
  const auto gap = std::chrono::duration_cast<Millis>(now - entry.last);
  entry.last = now;
  if (gap <= kLongestGap) {
    entry.waited.total += gap;
    entry.waited.inactive += gap;
  }
  if (look.others_active || !look.unseen.empty()) entry.waited.inactive = Millis(0);
  return entry.waited;
}

void ConflictMemory::forget(const std::string& uuid) {
  const std::lock_guard hold(mutex_);
  entries_.erase(uuid);
}

void fence(array::Array& array, const std::string& volume, const Look& look, config::ConflictPolicy policy,
           const Deadline& deadline) {
  log(LogLevel::warning, "fencing: taking a volume away from another host",
      {{"volume", volume}, {"array", array.name()}, {"holder", look.holder}, {"policy", config::to_string(policy)}});
  for (const array::Export& other : look.others) array.unexport_volume(other, deadline);
}

ExclusiveExport::Result ExclusiveExport::acquire(const Request& request, const Deadline& deadline) {
  bool took_over = false;
  for (int round = 0; round < kMostRounds; ++round) {
    const bool created = create(request, deadline);
    journal::crash_point("mount.exported");
    const Look look = fold_look(array_.list_exports(request.array_volume, deadline), request.array_host);
    if (look.own && !created) check_ours(request, deadline);
    if (look.own && look.others.empty()) {
      memory_.forget(request.uuid);
      return {*look.own, took_over};
    }
    // A look without our own export in it proves nothing.
    if (look.own) withdraw(*look.own, deadline);
    if (!look.others.empty() && wait_until_free(request, look, deadline)) took_over = true;
    deadline.sleep_for(jittered(Millis(150)));
    deadline.check("getting volume " + request.volume + " for this host alone");
  }
  throw Error(ErrorKind::aborted, "the export of volume " + request.volume + " to " + request.array_host +
                                      " vanishes as often as it is made; somebody else acts on it; retry");
}

std::string ExclusiveExport::refusal(const Request& request, const std::string& reason) {
  return (request.refusal.empty() ? "volume " + request.volume + " is not mounted" : request.refusal) + ": " + reason;
}

// False if the array had an export to our host already.
bool ExclusiveExport::create(const Request& request, const Deadline& deadline) {
  try {
    array_.export_volume(request.array_volume, request.array_host, deadline);
    return true;
  } catch (const Error& error) {
    if (error.remote_code() == array::kExportExists) return false;
    throw;
  }
}

void ExclusiveExport::check_ours(const Request& request, const Deadline& deadline) {
  const std::string reason =
      why_not_ours(array_.find_host(request.array_host, deadline), request.initiators, array_.local_address());
  if (!reason.empty()) throw NotOurs(refusal(request, reason));
}

void ExclusiveExport::withdraw(const array::Export& own, const Deadline& deadline) {
  array_.unexport_volume(own, deadline.uncancelled());
}

// Polls without touching anything until nobody else holds the volume. True if that took a fence.
bool ExclusiveExport::wait_until_free(const Request& request, Look look, const Deadline& deadline) {
  bool fenced = false;
  while (!look.others.empty()) {
    const Look there = look_there(request, deadline);
    look.others_active = look.others_active || there.others_active;
    look.fenceable = look.fenceable && there.fenceable;
    look.unseen = there.unseen;
    const Waited waited = memory_.observe(request.uuid, look);
    const ConflictPlan plan = plan_conflict(look, waited, request.policy, request.conflict_delay, deadline.remaining());
    if (plan.action == ConflictPlan::Action::refuse)
      throw Error(ErrorKind::failed_precondition, refusal(request, plan.reason));
    deadline.check("waiting for volume " + request.volume + ", in use by " + look.holder);
    if (plan.action == ConflictPlan::Action::fence) {
      if (!there.others.empty()) fence(*request.other_array, request.volume, there, request.policy, deadline);
      fence(array_, request.volume, look, request.policy, deadline);
      memory_.forget(request.uuid);
      fenced = true;
    } else {
      deadline.sleep_for(jittered(Millis(1'000)));
    }
    look = fold_look(array_.list_exports(request.array_volume, deadline), request.array_host);
  }
  return fenced;
}

// A host that has lost its paths to one array may write through the other.
Look ExclusiveExport::look_there(const Request& request, const Deadline& deadline) {
  Look blind;
  blind.unseen = request.unseen;
  if (request.other_array == nullptr) return blind;
  try {
    const auto exports = request.other_array->list_exports(request.array_volume, deadline.sooner(kGlimpse));
    return fold_look(exports, request.other_array_host);
  } catch (const Error& error) {
    log(LogLevel::debug, "exports not looked at", {{"volume", request.volume}, {"reason", error.what()}});
    blind.unseen = request.other_array->name();
    return blind;
  }
}

}  // namespace hpe3par::volumes
