#include "group_book.h"

#include <gtest/gtest.h>

namespace hpe3par::catalog {
namespace {

const std::string kArrayVolume = "dcv-0DM4qZEVSKON-DXN-NwVpw";

array::RemoteCopyGroup group_of(const std::string& name, const std::string& remote_name, const std::string& target) {
  array::RemoteCopyGroup group;
  group.name = name;
  group.remote_name = remote_name;
  group.targets.emplace_back().name = target;
  group.members.push_back({kArrayVolume, {}});
  return group;
}

Volume legacy_volume() {
  Volume volume;
  volume.record.name = "v1";
  volume.record.uuid = "d03338a9-9115-48a3-8dfc-35cdfcdc15a7";
  volume.record.legacy = true;
  volume.backend = "first";
  volume.array_volume = kArrayVolume;
  volume.comment = "as HPE's plugin wrote it";
  return volume;
}

const std::vector<std::string> kBackends = {"first", "gold", "silver"};
const std::map<std::string, std::string> kTargets = {{"gold", "B"}, {"silver", "C"}};

struct Row {
  const char* what;
  array::RemoteCopyGroup group;
  const char* told;  ///< as the group of the volume: empty: nothing, "-": that it is in none
  const char* backend;
  const char* joined;  ///< its record names it
};

const Row kRows[] = {
    {"to where a backend replicates", group_of("g", "g.r1", "B"), "g", "gold", "g"},
    {"to where another one replicates", group_of("g", "g.r1", "C"), "g", "silver", "g"},
    {"whose other side has no name", group_of("g", "", "B"), "g", "gold", "g"},
    {"to where nobody replicates", group_of("g", "g.r1", "D"), "g", "first", ""},
    {"that was made by the other array", group_of("g.r1", "g", "B"), "g.r1", "first", ""},
    {"that is not among those", group_of("g", "g.r1", "B"), "h", "first", ""},
    {"that the array does not tell", group_of("g", "g.r1", "B"), "", "gold", "g"},
    {"that it left", group_of("g", "g.r1", "B"), "-", "first", ""},
};

TEST(GroupBookTest, TellsWhoseAVolumeOfHpesPluginIs) {
  for (const Row& row : kRows) {
    const GroupBook book = make_group_book({row.group}, kBackends, kTargets);
    Volume volume = legacy_volume();
    const std::string told = row.told;
    volume.in_no_group = told == "-";
    if (!told.empty() && told != "-") volume.group = told;
    join_group(volume, book);
    EXPECT_EQ(volume.backend, row.backend) << row.what;
    EXPECT_EQ(volume.record.group, row.joined) << row.what;
    const auto stored = decode_record(volume.comment);
    EXPECT_EQ(stored.has_value(), !volume.record.group.empty()) << row.what;
    if (stored) {
      EXPECT_EQ(*stored, volume.record) << row.what;
    }
  }
}

TEST(GroupBookTest, AVolumeOfOursIsWhatItsRecordSays) {
  Volume volume = legacy_volume();
  volume.record.legacy = false;
  volume.group = "g";
  const GroupBook book = make_group_book({group_of("g", "g.r1", "B")}, kBackends, kTargets);
  EXPECT_FALSE(is_group_unknown(volume, {}));
  join_group(volume, book);
  EXPECT_TRUE(volume.record.group.empty());
}

TEST(GroupBookTest, IsReadWhereTheArrayTellsTooLittle) {
  const GroupBook book = make_group_book({group_of("g", "g.r1", "B")}, kBackends, kTargets);
  Volume volume = legacy_volume();
  EXPECT_TRUE(is_group_unknown(volume, book)) << "nothing was told";
  volume.group = "h";
  EXPECT_TRUE(is_group_unknown(volume, book)) << "a new group";
  volume.group = "g";
  EXPECT_FALSE(is_group_unknown(volume, book));
  volume.group.reset();
  volume.in_no_group = true;
  EXPECT_FALSE(is_group_unknown(volume, book));
}

}  // namespace
}  // namespace hpe3par::catalog
