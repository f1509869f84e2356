#include "hpe3par/catalog/catalog.h"

#include <algorithm>
#include <future>

#include "hpe3par/base/error.h"
#include "hpe3par/base/log.h"
#include "name_rules.h"

namespace hpe3par::catalog {
namespace {

constexpr Millis kFresh{1'000};
constexpr Millis kPatience{1'000};
constexpr Millis kListFresh{3'000};
constexpr Millis kListPatience{15'000};  // a person waits at the prompt; an array that is up lists within it
constexpr Millis kReconnect{2'500};      // ... and one that was lost for a moment is back
constexpr Millis kLookAgain{50};

bool is_fresh(const Volume& volume, const Clock& clock) {
  return volume.confirmed && !volume.wwn.empty() && clock.now() - *volume.confirmed < kFresh;
}

// Why it does not answer, without its name in front, because that stands in the sentence already.
std::string reason_of(const array::ArrayStatus& status, ArrayCatalog& each) {
  const std::string begin = "array " + each.array().name() + ": ";
  return status.reason.starts_with(begin) ? status.reason.substr(begin.size()) : status.reason;
}

Error no_answer(ArrayCatalog& each) {
  const array::ArrayStatus status = each.status();
  const bool refused = status.state == array::ArrayStatus::State::refused;
  return Error(ErrorKind::unavailable, "array " + each.array().name() +
                                           (refused ? " cannot be used since " : " does not answer since ") +
                                           to_rfc3339(status.since) + ": " + reason_of(status, each) +
                                           (refused ? "" : "; retry when it answers"));
}

std::string with_retry(const std::string& sentence) {
  return sentence.find("; retry") == std::string::npos ? sentence + "; retry" : sentence;
}

}  // namespace

Catalog::Catalog(std::vector<std::unique_ptr<ArrayCatalog>> arrays, std::string volume_namespace, Clock& clock)
    : arrays_(std::move(arrays)), volume_namespace_(std::move(volume_namespace)), clock_(clock) {}

std::vector<ArrayCatalog*> Catalog::distinct() const {
  std::vector<ArrayCatalog*> arrays;
  for (const auto& each : arrays_)
    if (!each->is_twin()) arrays.push_back(each.get());
  return arrays;
}

std::optional<Volume> Catalog::find_known(const std::string& name) {
  for (ArrayCatalog* each : distinct())
    if (std::optional<Volume> volume = each->find(name)) return volume;
  return find_known_copy(name);
}

std::optional<Volume> Catalog::find_known_copy(const std::string& name) {
  for (ArrayCatalog* each : distinct()) {
    std::optional<Volume> copy = each->find_copy(name);
    if (copy && stands_for_its_volume(*copy)) return copy;
  }
  return std::nullopt;
}

// An array that was listed and does not have the volume says that there is none: the copy is left over.
bool Catalog::stands_for_its_volume(const Volume& copy) {
  ArrayCatalog* const home = find_array(copy.home);
  return home != nullptr && !home->listed();
}

std::vector<Volume> Catalog::find_all_known(const std::string& name) {
  std::vector<Volume> known;
  for (ArrayCatalog* each : distinct())
    for (Volume& volume : each->find_all(name)) known.push_back(std::move(volume));
  return known;
}

Catalog::Found Catalog::look_up(const std::string& name, const Deadline& deadline) {
  Found found = look_up_one(name, deadline);
  if (found.volume) found.others = others_than(*found.volume, deadline.sooner(kPatience));
  return found;
}

Catalog::Found Catalog::look_up_one(const std::string& name, const Deadline& deadline) {
  const auto anywhere = [&]() -> std::optional<Volume> {
    std::vector<Volume> found = look_up_everywhere(name, Millis(0), deadline.sooner(kPatience));
    return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
  };
  const std::optional<Volume> known = find_known(name);
  if (!known) return {anywhere(), {}, ""};
  if (is_fresh(*known, clock_)) return {known, {}, ""};
  // Its thread looks for a lost array; until it is back nobody else waits for it.
  ArrayCatalog& owner = array(known->array);
  if (owner.silent()) {
    owner.ask_for_listing();
    return {known, {}, owner.status().reason};
  }
  try {
    std::optional<Volume> current = owner.fetch(known->array_volume, deadline.sooner(kPatience));
    if (current && current->record.name == name) return {std::move(current), {}, ""};
  } catch (const Error& error) {
    return {known, {}, error.what()};
  }
  return {anywhere(), {}, ""};
}

// Those that their arrays do not deny. There is hardly ever one, so that this hardly ever asks anybody.
std::vector<Volume> Catalog::others_than(const Volume& shown, const Deadline& deadline) {
  std::vector<Volume> others = find_all_known(shown.record.name);
  std::erase_if(others, [&](const Volume& volume) {
    if (volume.array == shown.array && volume.array_volume == shown.array_volume) return true;
    if (is_fresh(volume, clock_) || array(volume.array).silent()) return false;
    return is_denied(volume, deadline);
  });
  return others;
}

// An array that does not answer denies nothing.
bool Catalog::is_denied(const Volume& volume, const Deadline& deadline) {
  try {
    const std::optional<Volume> current = array(volume.array).fetch(volume.array_volume, deadline);
    return !current || current->record.name != volume.record.name;
  } catch (const Error&) {
    return false;
  }
}

std::optional<Volume> Catalog::read(const std::string& name, Millis max_age, const Deadline& deadline) {
  const std::vector<Volume> known = still_there(find_all_known(name), deadline);
  refuse_ambiguous(name, known);
  if (!known.empty()) {
    const Volume& one = known.front();
    if (one.confirmed && clock_.now() - *one.confirmed < max_age) return one;
    expect_answer_for(name, one.backend, one.array, deadline);
    std::optional<Volume> current = fetch_for_act(one, deadline);
    if (current && current->record.name == name) return current;
  }
  const std::vector<Volume> found = look_up_everywhere(name, kReconnect, deadline.sooner(kListPatience));
  refuse_ambiguous(name, found);
  return found.empty() ? std::nullopt : std::optional(found.front());
}

// An array that is lost just now is called so, whoever finds it out.
std::optional<Volume> Catalog::fetch_for_act(const Volume& known, const Deadline& deadline) {
  ArrayCatalog& owner = array(known.array);
  try {
    return owner.fetch(known.array_volume, deadline);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::unavailable) throw;
    const Error cause = owner.silent() ? no_answer(owner) : error;
    throw cause.within("volume " + known.record.name + " is on backend " + known.backend);
  }
}

// Of several volumes with one name, those that their arrays do not deny.
std::vector<Volume> Catalog::still_there(std::vector<Volume> known, const Deadline& deadline) {
  if (known.size() < 2) return known;
  const Deadline patience = deadline.sooner(kListPatience);
  std::erase_if(known,
                [&](const Volume& volume) { return !array(volume.array).lost() && is_denied(volume, patience); });
  return known;
}

std::string Catalog::why_ambiguous(const std::string& name, const std::vector<Volume>& found) {
  std::vector<Place> places;
  for (const Volume& volume : found)
    places.push_back({array(volume.array).array().name(), volume.backend, volume.array_volume});
  return catalog::why_ambiguous(name, places);
}

void Catalog::refuse_ambiguous(const std::string& name, const std::vector<Volume>& found) {
  const std::string reason = why_ambiguous(name, found);
  if (!reason.empty()) throw Error(ErrorKind::failed_precondition, reason);
}

void Catalog::expect_answer_for(const std::string& volume, const std::string& backend, const std::string& key,
                                const Deadline& deadline) {
  ArrayCatalog* const owner = find_array(key);
  if (owner == nullptr) return;
  try {
    expect_answer(*owner, kReconnect, deadline);
  } catch (const Error& error) {
    throw error.within("volume " + volume + " is on backend " + backend);
  }
}

void Catalog::refuse_lost(const std::string& key) {
  ArrayCatalog* const owner = find_array(key);
  if (owner != nullptr && owner->lost()) throw no_answer(*owner);
}

// The thread of a lost array tries to reach it all the time, so one that was away for a moment is back soon. Waiting
// longer than that would only fill the lanes with calls that cannot succeed.
void Catalog::expect_answer(ArrayCatalog& each, Millis patience, const Deadline& deadline) const {
  if (!each.lost()) return;
  const Deadline moment = deadline.sooner(patience);
  each.ask_for_listing();
  while (each.lost() && moment.sleep_for(kLookAgain)) {
  }
  if (!each.lost()) return;
  throw no_answer(each);
}

std::vector<Volume> Catalog::look_up_everywhere(const std::string& name, Millis reconnect, const Deadline& patience) {
  const std::string array_volume = array_volume_name(volume_namespace_, name);
  const auto ask = [&](ArrayCatalog& each) -> std::vector<Volume> {
    if (reconnect == Millis::zero() && each.silent()) {
      each.ask_for_listing();
      throw no_answer(each);
    }
    expect_answer(each, reconnect, patience);
    std::optional<Volume> own = each.fetch(array_volume, patience);
    const bool is_there = own && own->record.name == name && !own->is_copy();
    if (each.is_peer_only()) return {};  // what it has are copies
    // Volumes of HPE's plugin have other names; only a listing can tell that there is none.
    if (!is_there && !each.listed() && !each.refresh(Millis(0), patience))
      throw Error(ErrorKind::unavailable, "array " + each.array().name() + " could not be listed yet");
    std::vector<Volume> found = each.find_all(name);
    if (is_there) {
      std::erase_if(found, [&](const Volume& volume) { return volume.array_volume == array_volume; });
      found.insert(found.begin(), std::move(*own));
    }
    return found;
  };
  std::vector<std::future<std::vector<Volume>>> answers;
  const std::vector<ArrayCatalog*> asked = distinct();
  for (ArrayCatalog* each : asked)
    answers.push_back(std::async(arrays_.size() > 1 ? std::launch::async : std::launch::deferred,
                                 [&ask, each] { return ask(*each); }));
  std::vector<Volume> found;
  std::optional<Error> silent;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    try {
      for (Volume& volume : answers[i].get()) found.push_back(std::move(volume));
    } catch (const Error& error) {
      if (!asked[i]->is_peer_only()) silent = error;
    }
  }
  if (found.empty() && silent)
    if (std::optional<Volume> copy = find_known_copy(name)) return {std::move(*copy)};
  if (found.empty() && silent && silent->kind() == ErrorKind::failed_precondition)
    throw Error(*silent);  // it is there, but too new
  if (found.empty() && silent)
    throw Error(ErrorKind::unavailable,
                "cannot tell whether volume " + name + " exists: " + with_retry(silent->what()));
  return found;
}

Catalog::Listing Catalog::list(const Deadline& deadline) {
  // Of a listing under way, only what is left of its first second is waited for: callers share that second.
  const auto refresh = [&deadline](ArrayCatalog& each) {
    if (each.silent()) {
      each.ask_for_listing();
      return false;
    }
    return each.refresh(kListFresh, deadline.sooner(kPatience - std::min(kPatience, each.listing_for())));
  };
  const std::vector<ArrayCatalog*> arrays = distinct();
  std::vector<std::future<bool>> refreshed;
  for (ArrayCatalog* each : arrays)
    refreshed.push_back(std::async(arrays.size() > 1 ? std::launch::async : std::launch::deferred,
                                   [&refresh, each] { return refresh(*each); }));
  Listing listing;
  for (std::size_t i = 0; i < arrays.size(); ++i) {
    if (!refreshed[i].get()) listing.silent_arrays.push_back(arrays[i]->key());
    for (Volume& volume : arrays[i]->all()) listing.volumes.push_back(std::move(volume));
  }
  for (ArrayCatalog* each : arrays)
    for (Volume& copy : each->all_copies())
      if (stands_for_its_volume(copy) && !array(copy.home).find(copy.record.name))
        listing.volumes.push_back(std::move(copy));
  const auto by_name = [](const Volume& a, const Volume& b) { return a.record.name < b.record.name; };
  std::stable_sort(listing.volumes.begin(), listing.volumes.end(), by_name);
  std::vector<Volume> first;
  for (Volume& volume : listing.volumes) {
    const bool again = !first.empty() && first.back().record.name == volume.record.name;
    (again ? listing.others : first).push_back(std::move(volume));
  }
  listing.volumes = std::move(first);
  return listing;
}

void Catalog::ensure_name_is_free(const std::string& name, const Target& target, const Deadline& deadline) {
  try {
    expect_answer(array(target.array), kReconnect, deadline);
  } catch (const Error& error) {
    throw error.within("backend " + target.backend);
  }
  const Deadline patience = deadline.sooner(kListPatience);
  const SteadyTime began = clock_.now();
  for (ArrayCatalog* each : distinct()) {
    if (each->is_peer_only()) continue;
    NameWitness witness;
    NameVerdict verdict = NameVerdict::wait;
    while (true) {
      witness = testify(*each, name, each->key() == target.array, began);
      verdict = judge_name(witness, target.backend_named, !patience.expired());
      if (verdict != NameVerdict::wait) break;
      each->ask_for_listing();
      patience.sleep_for(kLookAgain);
    }
    conclude(verdict, name, *each, witness, target);
  }
}

NameWitness Catalog::testify(ArrayCatalog& each, const std::string& name, bool is_target, SteadyTime began) const {
  NameWitness witness;
  witness.is_target = is_target;
  witness.listed = each.listed();
  witness.listed_before = each.listed_before();
  witness.holds_name = each.find(name).has_value();
  witness.given_up = each.array().status().state == array::ArrayStatus::State::refused ||
                     ((is_target ? each.lost() : each.unlistable()) && clock_.now() - began > kReconnect);
  witness.has_legacy = each.has_legacy();
  witness.listed_now = each.listed_since(began - kListFresh);
  return witness;
}

void Catalog::conclude(NameVerdict verdict, const std::string& name, ArrayCatalog& each, const NameWitness& witness,
                       const Target& target) const {
  const array::ArrayStatus status = each.status();
  const std::string reason = status.reason.empty() ? "it is still being listed" : reason_of(status, each);
  const std::string where = "array " + each.array().name() + " (" + each.role() + ")";
  switch (verdict) {
    case NameVerdict::settled:
    case NameVerdict::wait: return;
    case NameVerdict::presumed_free:
      log(LogLevel::warning, "a volume is made although an array cannot be asked whether it has that name",
          {{"volume", name}, {"array", each.array().name()}, {"reason", reason}});
      return;
    case NameVerdict::taken:
      throw Error(ErrorKind::already_exists, "volume " + name + " was on " + where +
                                                 " when that array was last seen, " + "and it cannot be asked now (" +
                                                 reason + "); choose another name, or retry when it answers");
    case NameVerdict::unknown:
      if (witness.is_target && status.state == array::ArrayStatus::State::refused)
        throw no_answer(each).within("backend " + target.backend);
      throw Error(
          ErrorKind::unavailable,
          where +
              (witness.listed ? " has volumes of HPE's plugin and could not be listed now"
                              : " could not be listed since this daemon started") +
              ", so it is not known whether the name " + name + " is taken there (" + reason +
              "); retry when it answers" +
              (witness.is_target ? "" : ", or name a backend with -o backend=… if you are sure that it is free there"));
  }
}

ArrayCatalog& Catalog::array(const std::string& key) {
  if (ArrayCatalog* found = find_array(key)) return *found;
  throw Error(ErrorKind::failed_precondition, "no backend in hpe.conf uses array " + key + " any more");
}

ArrayCatalog* Catalog::find_array(const std::string& key) {
  const auto found = std::find_if(arrays_.begin(), arrays_.end(), [&](const auto& each) { return each->key() == key; });
  return found == arrays_.end() ? nullptr : found->get();
}

}  // namespace hpe3par::catalog
