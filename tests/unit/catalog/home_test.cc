#include "home.h"

#include <gtest/gtest.h>

namespace hpe3par::catalog {
namespace {

struct Row {
  const char* what;
  const char* named;   ///< backend in the record
  const char* group;   ///< empty: a plain volume
  const char* serial;  ///< of the array; the pair in the record is S1, S2
  ArrayUse use;
  const char* expected;  ///< "backend@own array", "backend" if that is this one, or "-"
};

const ArrayUse kOwn{{"gold", "silver"}, {}};
const ArrayUse kPeer{{}, {{"gold", "A"}, {"silver", "C"}}};
const ArrayUse kBoth{{"east"}, {{"west", "A"}}};

const Row kRows[] = {
    {"plain, of the named backend", "silver", "", "S1", kOwn, "silver"},
    {"plain, of the first backend", "", "", "S1", kOwn, "gold"},
    {"plain, of a backend that is gone", "old", "", "", kOwn, "gold"},
    {"plain, on an array that is a peer only", "gold", "", "S2", kPeer, "-"},
    {"made here", "silver", "g", "S1", kOwn, "silver"},
    {"made here, before the array is known", "silver", "g", "", kOwn, "silver"},
    {"a copy that no backend replicates", "gold", "g", "S2", kOwn, "-"},
    {"a copy", "gold", "g", "S2", kPeer, "gold@A"},
    {"a copy of the other backend", "silver", "g", "S2", kPeer, "silver@C"},
    {"a copy, before the array is known", "silver", "g", "", kPeer, "silver@C"},
    {"a copy of the default backend", "", "g", "S2", kPeer, "gold@A"},
    {"made on an array that is a peer only", "gold", "g", "S1", kPeer, "-"},
    {"of another pair", "gold", "g", "S3", kPeer, "-"},
    {"opposite directions, made here", "east", "g", "S1", kBoth, "east"},
    {"opposite directions, a copy", "west", "g", "S2", kBoth, "west@A"},
    {"opposite directions, a copy, before the array is known", "west", "g", "", kBoth, "west@A"},
    {"opposite directions, told by the array alone", "", "g", "S2", kBoth, "west@A"},
    {"opposite directions, nothing told", "", "g", "", kBoth, "east"},
};

TEST(Home, IsFoundForEveryRow) {
  for (const Row& row : kRows) {
    VolumeRecord record{"v1", "u1", "", {}, false, row.group, {"S1", "S2"}};
    if (*row.named != '\0') record.options["backend"] = row.named;
    const std::optional<Home> home = home_of(record, row.serial, row.use);
    const std::string text = !home ? "-" : home->backend + (home->array.empty() ? "" : "@" + home->array);
    EXPECT_EQ(text, row.expected) << row.what;
  }
}

}  // namespace
}  // namespace hpe3par::catalog
