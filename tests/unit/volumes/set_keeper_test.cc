#include "set_keeper.h"

#include "array_pair_fixture.h"

namespace hpe3par::volumes {
namespace {

using journal::UnfinishedVolume;

class SetKeeperTest : public ArrayPairTest {
 protected:
  UnfinishedVolume row_of(const catalog::Volume& volume) {
    UnfinishedVolume row;
    row.uuid = volume.record.uuid;
    row.volume = volume.record.name;
    row.array = kOwnKey;
    row.array_volume = volume.array_volume;
    row.state = UnfinishedVolume::State::removing;
    row.group = "g";
    row.peer = kPeerKey;
    return row;
  }

  GroupTakes takes{journal, *catalog, "here", clock};
  GroupSight sight{config, *catalog, takes, clock};
  Replicator replicator{config, *catalog, sight, journal, "host1", clock};
  SetKeeper sets{journal, *catalog, replicator, clock};
};

TEST_F(SetKeeperTest, BothArraysOfARowAreFollowedToTheirNewAddresses) {
  const catalog::Volume volume = add_volume();
  UnfinishedVolume row = row_of(volume);
  row.array = "old:8080";
  row.peer = "older:8080";
  sets.begin(row);
  sets.rename_array("old:8080", kOwnKey);
  sets.rename_array("older:8080", kPeerKey);
  EXPECT_EQ(sets.all().at(0).array, kOwnKey);
  EXPECT_EQ(sets.all().at(0).peer, kPeerKey);
}

// Whoever was at work on the row meanwhile has a copy with the old addresses.
TEST_F(SetKeeperTest, ARowThatIsKeptAfterwardsHasTheNewAddresses) {
  const catalog::Volume volume = add_replicated();
  sets.begin(row_of(volume));
  own->set_hook([&](const std::string& method) {
    if (method == "remove_volume") sets.rename_array(kPeerKey, "new:8080");
  });
  own->fail_next("remove_volume", test::FakeArray::When::before_effect, Error(ErrorKind::unavailable, "array A: away"));
  EXPECT_EQ(kind_of([&] { sets.finish_removal(row_of(volume), {}, in()); }), ErrorKind::unavailable);
  EXPECT_EQ(sets.all().at(0).peer, "new:8080");
  EXPECT_EQ(journal.unfinished().at(0).peer, "new:8080");
}

TEST_F(SetKeeperTest, ARemovalIsFinishedWithoutALook) {
  const catalog::Volume volume = add_replicated();
  replicator.detach(volume, {}, in());
  own->reset_requests();
  peer->reset_requests();
  sets.begin(row_of(volume));
  sets.finish_removal(row_of(volume), {}, in());
  EXPECT_EQ(own->requests() + peer->requests(), 2);
  EXPECT_FALSE(own->volume("dcv-v1"));
  EXPECT_FALSE(peer->volume("dcv-v1"));
  EXPECT_TRUE(sets.all().empty());
}

TEST_F(SetKeeperTest, WhatIsInItsGroupAlreadyIsNotLookedForTwice) {
  const catalog::Volume volume = add_replicated();
  UnfinishedVolume row = row_of(volume);
  row.state = UnfinishedVolume::State::creating;
  sets.begin(row);
  EXPECT_EQ(sets.settle(row, in()), UnfinishedAction::complete);
  EXPECT_EQ(own->requests("find_group"), 1);
  EXPECT_EQ(peer->requests("write_comment"), 1);
}

}  // namespace
}  // namespace hpe3par::volumes
