#include "array_keeper.h"

#include <algorithm>

#include "hpe3par/base/error.h"
#include "hpe3par/base/log.h"
#include "hpe3par/journal/crash_point.h"
#include "option_text.h"
#include "plan.h"

namespace hpe3par::volumes {

using journal::KnownArray;

namespace {

std::optional<KnownArray> find_known(const std::vector<KnownArray>& known, const std::string& key) {
  const auto found =
      std::find_if(known.begin(), known.end(), [&](const KnownArray& each) { return each.array == key; });
  return found == known.end() ? std::nullopt : std::optional(*found);
}

}  // namespace

// ---- identity ----

void ArrayKeeper::identify(array::Array& array, const std::string& key) {
  const std::string serial = array.status().serial_number;
  if (serial.empty()) return;
  const std::lock_guard hold(mutex_);
  const IdentityFacts facts = facts_of(key, serial);
  const IdentityPlan plan = plan_identity(facts);
  switch (plan.action) {
    case IdentityPlan::Action::accept: break;
    case IdentityPlan::Action::move: follow(plan.other, key); break;
    case IdentityPlan::Action::change:
      log(LogLevel::warning, "another array answers at this address than before; nothing of this host was left on that",
          {{"array", key}, {"serial_number", serial}});
      remember({key, serial, false});
      break;
    case IdentityPlan::Action::refuse: {
      const std::string reason =
          "array " + key + ": another array answers there (serial number " + serial +
          ") than the one on which this host still has volumes (" + find_known(facts.known, key)->serial +
          "), so nothing is sent to it; correct hpe3par_api_url, or, if that one is gone for good, end the use of its "
          "volumes here and start with an empty --state-dir";
      array.refuse(reason);
      throw Error(ErrorKind::failed_precondition, reason);
    }
    case IdentityPlan::Action::twice: refuse_twin(key, plan.other, serial); break;
  }
  catalog_.array(key).set_twin(false);
  const std::optional<KnownArray> known = find_known(parts_.journal.arrays(), key);
  if (!known) remember({key, serial, false});
  if (!known || !known->swept) unswept_.insert(key);
  array.refuse("");
  array.expect_serial(serial);
}

IdentityFacts ArrayKeeper::facts_of(const std::string& key, const std::string& serial) {
  IdentityFacts facts;
  facts.array = key;
  facts.serial = serial;
  for (const auto& each : catalog_.arrays())
    facts.configured.push_back({each->key(), each->array().status().serial_number});
  facts.known = parts_.journal.arrays();
  const auto is_here = [&](const auto& row) { return row.array == key; };
  const auto mounts = mounter_.all();
  const auto unfinished = sets_.all();
  facts.in_use =
      std::any_of(mounts.begin(), mounts.end(), is_here) || std::any_of(unfinished.begin(), unfinished.end(), is_here);
  return facts;
}

// Two spellings of one address would make each volume two. The first one in hpe.conf stays.
void ArrayKeeper::refuse_twin(const std::string& key, const std::string& twin, const std::string& serial) {
  const auto& arrays = catalog_.arrays();
  const auto place_of = [&](const std::string& wanted) {
    return std::find_if(arrays.begin(), arrays.end(), [&](const auto& each) { return each->key() == wanted; });
  };
  const bool ours_is_first = place_of(key) < place_of(twin);
  const std::string& first = ours_is_first ? key : twin;
  const std::string& second = ours_is_first ? twin : key;
  const std::string reason = "array " + second + " (backend " + backends_of(second) +
                             ") is the same one (serial number " + serial + ") as " + first + " (backend " +
                             backends_of(first) + "); write the same hpe3par_api_url in all their sections of hpe.conf";
  catalog_.array(second).set_twin(true);
  catalog_.array(second).array().refuse(reason);
  follow(second, first);
  if (!ours_is_first) throw Error(ErrorKind::failed_precondition, reason);
}

std::string ArrayKeeper::backends_of(const std::string& key) {
  return join(catalog_.array(key).backends(), ", ");
}

void ArrayKeeper::follow(const std::string& from, const std::string& to) {
  log(LogLevel::info, "what is known of an array is known of its other address now", {{"array", to}, {"before", from}});
  parts_.journal.rename_array(from, to);
  mounter_.rename_array(from, to);
  sets_.rename_array(from, to);
  replicator_.rename_array(from, to);
}

// Not knowing it the next time costs a look.
void ArrayKeeper::remember(const KnownArray& array) {
  try {
    parts_.journal.put(array);
  } catch (const Error& error) {
    log(LogLevel::warning, "journal not written", {{"array", array.array}, {"reason", error.what()}});
  }
}

// ---- orphans ----

void ArrayKeeper::sweep(array::Array& array, const std::string& key, const Deadline& deadline) {
  {
    const std::lock_guard hold(mutex_);
    if (unswept_.erase(key) == 0) return;  // done, or somebody is at it
  }
  try {
    if (sweep_now(array, key, deadline)) return;
  } catch (...) {
    sweep_again(key);
    throw;
  }
  sweep_again(key);
}

void ArrayKeeper::sweep_again(const std::string& key) {
  const std::lock_guard hold(mutex_);
  unswept_.insert(key);
}

// @return false: not everything could be looked at
bool ArrayKeeper::sweep_now(array::Array& array, const std::string& key, const Deadline& deadline) {
  const std::string host = mounter_.array_host(key, deadline);
  const auto orphans = find_orphans(array.list_exports_to(host, deadline), host, key, mounter_.all());
  if (!orphans.empty()) {
    const std::string reason =
        why_not_ours(array.find_host(host, deadline), parts_.identity.initiators, array.local_address());
    if (!reason.empty()) {
      log(LogLevel::warning, "exports that this host's journal does not know are left alone",
          {{"array", array.name()}, {"exports", orphans.size()}, {"reason", reason}});
      return true;  // until the array is reached anew
    }
  }
  bool all = true;
  for (const array::Export& orphan : orphans) all = adopt(key, orphan, deadline) && all;
  if (all) parts_.journal.put(KnownArray{key, array.status().serial_number, true});
  return all;
}

// @return false: it has to be looked at again
bool ArrayKeeper::adopt(const std::string& key, const array::Export& orphan, const Deadline& deadline) {
  std::optional<catalog::Volume> volume;
  try {
    volume = catalog_.array(key).fetch(orphan.volume, deadline);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::failed_precondition) return true;  // of a newer version of this program
    throw;
  }
  if (!volume) return true;  // not a volume of this plugin
  const auto guard = locks_.try_lock("volume " + volume->record.name);
  if (!guard) return false;  // somebody mounts it just now
  if (!mounter_.adopt(*volume, orphan)) return true;
  journal::crash_point("sweep.adopted");
  log(LogLevel::warning, "an export to this host that its journal does not know is given back when nobody here uses it",
      {{"volume", volume->record.name}, {"array", key}, {"lun", orphan.lun}});
  return true;
}

}  // namespace hpe3par::volumes
