#include "hpe3par/catalog/catalog.h"

#include <algorithm>
#include <future>

#include "hpe3par/base/error.h"

namespace hpe3par::catalog {
namespace {

constexpr Millis kFresh{1'000};
constexpr Millis kPatience{1'000};
constexpr Millis kListFresh{3'000};
constexpr Millis kListPatience{15'000};  // a person waits at the prompt; an array that is up lists within it
constexpr Millis kReconnect{2'500};      // ... and one that was lost for a moment is back

bool is_fresh(const Volume& volume, const Clock& clock) {
  return volume.confirmed && !volume.wwn.empty() && clock.now() - *volume.confirmed < kFresh;
}

}  // namespace

Catalog::Catalog(std::vector<std::unique_ptr<ArrayCatalog>> arrays, std::string volume_namespace, Clock& clock)
    : arrays_(std::move(arrays)), volume_namespace_(std::move(volume_namespace)), clock_(clock) {}

std::optional<Volume> Catalog::find_known(const std::string& name) {
  for (const auto& each : arrays_)
    if (std::optional<Volume> volume = each->find(name)) return volume;
  return std::nullopt;
}

Catalog::Found Catalog::look_up(const std::string& name, const Deadline& deadline) {
  const std::optional<Volume> known = find_known(name);
  if (!known) return {look_up_everywhere(name, deadline.sooner(kPatience)), ""};
  if (is_fresh(*known, clock_)) return {known, ""};
  // Its thread looks for a lost array; until it is back nobody else waits for it.
  const array::ArrayStatus status = array(known->array).array().status();
  if (status.state == array::ArrayStatus::State::unreachable) return {known, status.reason};
  try {
    std::optional<Volume> current = array(known->array).fetch(known->array_volume, deadline.sooner(kPatience));
    if (current && current->record.name == name) return {std::move(current), ""};
  } catch (const Error& error) {
    return {known, error.what()};
  }
  return {look_up_everywhere(name, deadline.sooner(kPatience)), ""};
}

std::optional<Volume> Catalog::read(const std::string& name, Millis max_age, const Deadline& deadline) {
  if (std::optional<Volume> known = find_known(name)) {
    if (known->confirmed && clock_.now() - *known->confirmed < max_age) return known;
    std::optional<Volume> current = array(known->array).fetch(known->array_volume, deadline);
    if (current && current->record.name == name) return current;
  }
  return look_up_everywhere(name, deadline.sooner(kListPatience));
}

std::optional<Volume> Catalog::look_up_everywhere(const std::string& name, const Deadline& patience) {
  const std::string array_volume = array_volume_name(volume_namespace_, name);
  const auto ask = [&](ArrayCatalog& each) -> std::optional<Volume> {
    std::optional<Volume> volume = each.fetch(array_volume, patience);
    if (volume && volume->record.name == name) return volume;
    // Volumes of HPE's plugin have other names; only a listing can tell that there is none.
    if (!each.listed() && !each.refresh(Millis(0), patience))
      throw Error(ErrorKind::unavailable, "array " + each.array().name() + " could not be listed yet");
    return each.find(name);
  };
  std::vector<std::future<std::optional<Volume>>> answers;
  for (const auto& each : arrays_)
    answers.push_back(std::async(arrays_.size() > 1 ? std::launch::async : std::launch::deferred,
                                 [&ask, &each] { return ask(*each); }));
  std::optional<Volume> found;
  std::optional<Error> silent;
  for (auto& answer : answers) {
    try {
      std::optional<Volume> volume = answer.get();
      if (volume && !found) found = std::move(volume);
    } catch (const Error& error) {
      silent = error;
    }
  }
  if (!found && silent && silent->kind() == ErrorKind::failed_precondition)
    throw Error(*silent);  // it is there, but too new
  if (!found && silent)
    throw Error(ErrorKind::unavailable,
                "cannot tell whether volume " + name + " exists: " + silent->what() + "; retry");
  return found;
}

Catalog::Listing Catalog::list(const Deadline& deadline) {
  const Deadline patience = deadline.sooner(kPatience);
  std::vector<std::future<bool>> refreshed;
  for (const auto& each : arrays_)
    refreshed.push_back(std::async(arrays_.size() > 1 ? std::launch::async : std::launch::deferred,
                                   [&each, &patience] { return each->refresh(kListFresh, patience); }));
  Listing listing;
  for (std::size_t i = 0; i < arrays_.size(); ++i) {
    if (!refreshed[i].get()) listing.silent_arrays.push_back(arrays_[i]->array().name());
    for (Volume& volume : arrays_[i]->all()) listing.volumes.push_back(std::move(volume));
  }
  const auto by_name = [](const Volume& a, const Volume& b) { return a.record.name < b.record.name; };
  std::stable_sort(listing.volumes.begin(), listing.volumes.end(), by_name);
  const auto end = std::unique(listing.volumes.begin(), listing.volumes.end(),
                               [](const Volume& a, const Volume& b) { return a.record.name == b.record.name; });
  listing.volumes.erase(end, listing.volumes.end());
  return listing;
}

void Catalog::wait_until_listed(const Deadline& whole) {
  const Deadline deadline = whole.sooner(kListPatience);
  const SteadyTime began = clock_.now();
  for (const auto& each : arrays_) {
    while (!each->listed()) {
      each->refresh(Millis(0), deadline);
      if (each->listed()) break;
      const array::ArrayStatus status = each->array().status();
      const bool given_up =
          status.state == array::ArrayStatus::State::refused ||
          (status.state == array::ArrayStatus::State::unreachable && clock_.now() - began > kReconnect);
      if (deadline.expired() || given_up)
        throw Error(ErrorKind::unavailable,
                    "array " + each->array().name() +
                        " could not be listed since this daemon started, so it is not known " +
                        "whether the name is taken there" + (status.reason.empty() ? "" : " (" + status.reason + ")") +
                        (status.state == array::ArrayStatus::State::refused
                             ? "; it refuses this daemon, so its section of hpe.conf needs a look"
                             : "; retry when it answers"));
      deadline.sleep_for(Millis(50));
    }
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
