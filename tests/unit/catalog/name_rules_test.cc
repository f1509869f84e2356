#include "name_rules.h"

#include <gtest/gtest.h>

namespace hpe3par::catalog {
namespace {

using enum NameVerdict;

struct Row {
  const char* claim;
  NameWitness array;
  bool backend_named;
  bool time_left;
  NameVerdict expected;
};

constexpr NameWitness kNothingKnown{};
constexpr NameWitness kTarget{.is_target = true};
constexpr NameWitness kStale{.is_target = true, .listed = true, .has_legacy = true};

const Row kRows[] = {
    {"what was listed today is settled", {.is_target = true, .listed = true}, false, true, settled},
    {"so it is without time", {.listed = true, .given_up = true}, false, false, settled},
    {"a name that was listed is for the caller to find", {.listed = true, .holds_name = true}, true, true, settled},

    {"the target is waited for", kTarget, false, true, wait},
    {"also when its backend was named", kTarget, true, true, wait},
    {"a target that cannot be listed is refused", {.is_target = true, .given_up = true}, true, true, unknown},
    {"so it is when time is over", kTarget, true, false, unknown},
    {"an old listing does not do for the target",
     {.is_target = true, .listed_before = true, .given_up = true},
     false,
     true,
     unknown},

    {"with volumes of HPE's plugin, what was listed now is settled",
     {.is_target = true, .listed = true, .has_legacy = true, .listed_now = true},
     false,
     false,
     settled},
    {"what was listed earlier is not", kStale, false, true, wait},
    {"also when its backend was named", kStale, true, true, wait},
    {"without hope it is refused",
     {.is_target = true, .listed = true, .given_up = true, .has_legacy = true},
     true,
     true,
     unknown},
    {"so it is when time is over", kStale, true, false, unknown},
    {"the name itself needs no second look",
     {.is_target = true, .listed = true, .holds_name = true, .has_legacy = true},
     false,
     true,
     settled},
    {"other arrays than the target neither", {.listed = true, .has_legacy = true}, false, true, settled},

    {"others are waited for", kNothingKnown, false, true, wait},
    {"also with an old listing", {.listed_before = true}, false, true, wait},
    {"also if they seem to have the name: it may be gone",
     {.listed_before = true, .holds_name = true},
     false,
     true,
     wait},
    {"without hope the old listing decides", {.listed_before = true, .given_up = true}, false, true, presumed_free},
    {"so it does without time", {.listed_before = true}, false, false, presumed_free},
    {"a name in the old listing is taken",
     {.listed_before = true, .holds_name = true, .given_up = true},
     false,
     true,
     taken},
    {"a name that was seen is taken, though the listing never was whole",
     {.holds_name = true, .given_up = true},
     false,
     true,
     taken},
    {"one that was never listed excludes nothing", {.given_up = true}, false, true, unknown},
    {"nor without time", kNothingKnown, false, false, unknown},

    {"with a backend named, others are not waited for", kNothingKnown, true, true, presumed_free},
    {"but what they are known to have is taken", {.holds_name = true}, true, true, taken},
};

TEST(NameRules, DecideForEachArrayWhetherAVolumeMayBeMade) {
  for (const Row& row : kRows)
    EXPECT_EQ(judge_name(row.array, row.backend_named, row.time_left), row.expected) << row.claim;
}

TEST(NameRules, OnePlaceIsNotAmbiguous) {
  EXPECT_EQ(why_ambiguous("v1", {}), "");
  EXPECT_EQ(why_ambiguous("v1", {{"A", "DEFAULT", "dcv-v1"}}), "");
}

TEST(NameRules, TwoPlacesAreNamedWithWhatToDo) {
  EXPECT_EQ(
      why_ambiguous("v1", {{"A", "DEFAULT", "dcv-v1"}, {"B", "B1", "dcv-v1"}}),
      "volume v1 exists on array A (backend DEFAULT, array volume dcv-v1) and on array B (backend B1, array volume "
      "dcv-v1), so it is not known which one is meant; remove the wrong one on its array, or the comment it has "
      "there, then retry");
}

TEST(NameRules, TwoPlacesOnOneArrayAreNamedToo) {
  EXPECT_EQ(why_ambiguous("v1", {{"A", "DEFAULT", "dcv-v1"}, {"A", "B2", "dcv-x"}, {"B", "B1", "dcv-v1"}}),
            "volume v1 exists on array A (backend DEFAULT, array volume dcv-v1) and once more there (backend B2, array "
            "volume dcv-x) and on array B (backend B1, array volume dcv-v1), so it is not known which one is meant; "
            "remove the wrong one on its array, or the comment it has there, then retry");
}

}  // namespace
}  // namespace hpe3par::catalog
