#include "name_rules.h"

namespace hpe3par::catalog {

namespace {

// HPE's plugin asks no array whether a name is taken: one of its hosts may have made it since the last listing.
bool may_have_changed(const NameWitness& array) {
  return array.is_target && array.has_legacy && !array.holds_name && !array.listed_now;
}

}  // namespace

NameVerdict judge_name(const NameWitness& array, bool backend_named, bool time_left) {
  if (array.listed && !may_have_changed(array)) return NameVerdict::settled;
  const bool worth_waiting = time_left && !array.given_up;
  if (array.is_target) return worth_waiting ? NameVerdict::wait : NameVerdict::unknown;
  if (!backend_named && worth_waiting) return NameVerdict::wait;
  if (array.holds_name) return NameVerdict::taken;
  return backend_named || array.listed_before ? NameVerdict::presumed_free : NameVerdict::unknown;
}

std::string why_ambiguous(const std::string& name, const std::vector<Place>& places) {
  if (places.size() < 2) return "";
  std::string where;
  const Place* previous = nullptr;
  for (const Place& place : places) {
    const bool same_array = previous != nullptr && previous->array == place.array;
    where += (previous == nullptr ? "" : " and ") + (same_array ? "once more there" : "on array " + place.array) +
             " (backend " + place.backend + ", array volume " + place.array_volume + ")";
    previous = &place;
  }
  return "volume " + name + " exists " + where +
         ", so it is not known which one is meant; remove the wrong one on its array, or the comment it has there, "
         "then retry";
}

}  // namespace hpe3par::catalog
