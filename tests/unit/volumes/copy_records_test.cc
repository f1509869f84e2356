#include "copy_records.h"

#include "array_pair_fixture.h"
#include "replicator.h"
#include "serving_choice.h"

namespace hpe3par::volumes {
namespace {

const char* const kUuid = "d03338a9-9115-48a3-8dfc-35cdfcdc15a7";
const char* const kArrayVolume = "dcv-0DM4qZEVSKON-DXN-NwVpw";

/// Volume v1, which HPE's plugin made and replicated.
class CopyRecordsTest : public ArrayPairTest {
 protected:
  CopyRecordsTest() {
    reach_both();
    own->add_volume(kArrayVolume,
                    std::string(R"({"volume_id":")") + kUuid + R"(","name":"x","type":"Docker","display_name":"v1"})");
    own->create_group({"g", "cpg1", "", "B", array::CopyMode::synchronous, "cpg2", ""}, in());
    own->admit_volume("g", {kArrayVolume, "B", kArrayVolume, false}, in());
    own->start_group("g", in());
    volume = *catalog->array(kOwnKey).fetch(kArrayVolume, in());
    peer->reset_requests();
  }
  std::string copy_comment() { return peer->volume(kArrayVolume)->comment; }
  void fail_over() {
    own->set_silent(true);
    make_say(*peer, "g.r1", "1t5");
  }

  GroupTakes takes{journal, *catalog, "here", clock};
  GroupSight sight{config, *catalog, takes, clock};
  ServingChoice serving{config, *catalog, sight};
  catalog::Volume volume;
};

TEST_F(CopyRecordsTest, TheFirstMountWritesTheRecordOfTheCopy) {
  EXPECT_EQ(volume.record.group, "g");
  const std::string made = own->volume(kArrayVolume)->comment;
  EXPECT_EQ(serving.choose(volume, in()).volume.array, kOwnKey);
  const auto record = catalog::decode_record(copy_comment());
  ASSERT_TRUE(record);
  EXPECT_TRUE(record->legacy);
  EXPECT_EQ(record->uuid, kUuid);
  EXPECT_EQ(record->group, "g");
  EXPECT_EQ(record->pair, (std::vector<std::string>{"SA", "SB"}));
  EXPECT_EQ(own->volume(kArrayVolume)->comment, made);
  EXPECT_TRUE(catalog->array(kPeerKey).find_copy("v1"));
  peer->reset_requests();
  serving.choose(volume, in());
  EXPECT_EQ(peer->requests("find_volume"), 0) << "it is known to be there";
}

TEST_F(CopyRecordsTest, ACopyThatTakesNoneStopsNoMount) {
  peer->fail_next("write_comment", test::FakeArray::When::before_effect, Error(ErrorKind::unavailable, "array B: no"));
  EXPECT_EQ(serving.choose(volume, in()).volume.array, kOwnKey);
  EXPECT_EQ(copy_comment(), "");
  serving.choose(volume, in());
  EXPECT_NE(copy_comment(), "");
}

TEST_F(CopyRecordsTest, NothingIsWrittenWhileTheGroupIsNotInItsNaturalDirection) {
  make_pair_say("1f5", "2f5");
  serving.choose(volume, in());
  EXPECT_EQ(copy_comment(), "");
}

TEST_F(CopyRecordsTest, ACopyWithoutRecordIsServedWhereTheVolumeIsKnown) {
  fail_over();
  const ServingPlace place = serving.choose(volume, in());
  EXPECT_EQ(place.volume.array, kPeerKey);
  EXPECT_TRUE(place.volume.is_copy());
  EXPECT_EQ(place.volume.wwn, peer->volume(kArrayVolume)->wwn);
  EXPECT_EQ(place.volume.record, volume.record);
}

TEST_F(CopyRecordsTest, ACopyWithTheCommentOfSomebodyElseIsNot) {
  peer->write_comment(kArrayVolume, "mine", in());
  fail_over();
  EXPECT_EQ(kind_of([&] { serving.choose(volume, in()); }), ErrorKind::failed_precondition);
  EXPECT_THAT(sentence, testing::HasSubstr("which serves its group, has no volume dcv-0DM4qZEVSKON-DXN-NwVpw"));
}

// Else another host would take it for a plain one while it is being removed.
TEST_F(CopyRecordsTest, LeavesItsGroupWithARecordThatNamesIt) {
  Replicator replicator{config, *catalog, sight, journal, "here", clock};
  replicator.detach(volume, replicator.prepare_removal(volume, in()), in());
  const auto left = catalog->array(kOwnKey).fetch(kArrayVolume, in());
  ASSERT_TRUE(left);
  EXPECT_TRUE(left->in_no_group);
  EXPECT_EQ(left->record.group, "g");
  EXPECT_EQ(left->record.uuid, kUuid);
  EXPECT_EQ(kind_of([&] { serving.choose(*left, in()); }), ErrorKind::failed_precondition);
}

struct Row {
  const char* what;
  std::function<void(array::ArrayVolume&, catalog::Volume&, GroupSighting&)> change;
  bool is_it;
};

const Row kRows[] = {
    {"as HPE's plugin left it", [](auto&, auto&, auto&) {}, true},
    {"a volume of ours", [](auto&, auto& known, auto&) { known.record.legacy = false; }, false},
    {"known from a copy only", [](auto&, auto& known, auto&) { known.home = "A"; }, false},
    {"with a comment", [](auto& found, auto&, auto&) { found.comment = "mine"; }, false},
    {"of another size", [](auto& found, auto&, auto&) { found.size_mib = 2048; }, false},
    {"a snapshot", [](auto& found, auto&, auto&) { found.copy_kind = array::CopyKind::snapshot; }, false},
    {"in a group of another name", [](auto&, auto&, auto& seen) { seen.view.peer.group = "h.r1"; }, false},
    {"in a group that begins alike", [](auto&, auto&, auto& seen) { seen.view.peer.group = "g2.r1"; }, false},
    {"in no group", [](auto&, auto&, auto& seen) { seen.view.peer.answer = replication::Side::Answer::no_group; },
     false},
    {"of another volume", [](auto&, auto&, auto& seen) { seen.copy->volume = "dcv-other"; }, false},
    {"of a volume that is not told", [](auto&, auto&, auto& seen) { seen.copy.reset(); }, false},
};

TEST(IsUnrecordedCopy, OnlyIfEverythingFits) {
  for (const Row& row : kRows) {
    array::ArrayVolume found;
    found.name = kArrayVolume;
    found.size_mib = 1024;
    catalog::Volume known;
    known.record.legacy = true;
    known.record.group = "g";
    known.array_volume = kArrayVolume;
    known.size_mib = 1024;
    GroupSighting seen;
    seen.view.peer = replication::side_of("1t5", "B");
    seen.view.peer.group = "g.r1";
    seen.copy.emplace().volume = kArrayVolume;
    row.change(found, known, seen);
    EXPECT_EQ(is_unrecorded_copy(found, known, seen), row.is_it) << row.what;
  }
}

}  // namespace
}  // namespace hpe3par::volumes
