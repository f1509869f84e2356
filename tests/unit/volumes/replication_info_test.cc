#include "replication_info.h"

#include <gtest/gtest.h>

namespace hpe3par::volumes {
namespace {

using replication::Side;

Side side_of(const std::string& array, array::Role role, bool reversed, array::GroupState state) {
  Side side;
  side.answer = Side::Answer::group;
  side.array = array;
  side.role = role;
  side.reversed = reversed;
  side.state = state;
  return side;
}

catalog::Volume make_volume() {
  catalog::Volume volume;
  volume.record.group = "g1";
  return volume;
}

config::BackendConfig make_backend() {
  config::BackendConfig backend;
  backend.replication.emplace();
  return backend;
}

TEST(ReplicationInfo, BeforeAnybodyAskedHasOnlyWhatIsConfigured) {
  const config::BackendConfig backend = make_backend();
  const ReplicationInfo info = describe_replication(make_volume(), &backend, std::nullopt);
  EXPECT_EQ(info.group, "g1");
  EXPECT_EQ(info.kind, "active/passive");
  EXPECT_EQ(info.state, "");
  EXPECT_TRUE(info.sites.empty());
  EXPECT_EQ(describe_replication(make_volume(), nullptr, std::nullopt).kind, "");
  EXPECT_FALSE(is_served(std::nullopt));
}

TEST(ReplicationInfo, TellsWhatBothArraysSaid) {
  const config::BackendConfig backend = make_backend();
  GroupSighting seen;
  seen.view.own = side_of("A", array::Role::secondary, true, array::GroupState::started);
  seen.view.peer = side_of("B", array::Role::primary, true, array::GroupState::started);
  seen.mode = array::CopyMode::periodic;
  seen.copy = array::GroupCopy{"A", "dcv-v1", array::SyncStatus::syncing, 40, std::nullopt};
  const ReplicationInfo info = describe_replication(make_volume(), &backend, seen);
  EXPECT_EQ(info.mode, "periodic");
  EXPECT_EQ(info.state, "active");
  EXPECT_EQ(info.serving_array, "B");
  ASSERT_EQ(info.sites.size(), 2U);
  EXPECT_EQ(info.sites[0].role, "secondary");
  EXPECT_TRUE(info.sites[1].reversed);
  EXPECT_EQ(info.sites[1].state, "started");
  EXPECT_EQ(info.sync_status, "syncing");
  EXPECT_EQ(info.progress_percent, 40);
  EXPECT_TRUE(is_served(seen));
}

TEST(ReplicationInfo, TellsWhyASideIsNotKnown) {
  GroupSighting seen;
  seen.view.own.array = "A";
  seen.view.own.silent_since = "since noon: no route";
  seen.view.peer.array = "B";
  seen.view.peer.answer = Side::Answer::no_group;
  const ReplicationInfo info = describe_replication(make_volume(), nullptr, seen);
  EXPECT_EQ(info.state, "none");
  EXPECT_EQ(info.serving_array, "");
  EXPECT_FALSE(info.sites[0].reachable);
  EXPECT_EQ(info.sites[0].state, "since noon: no route");
  EXPECT_TRUE(info.sites[1].reachable);
  EXPECT_EQ(info.sites[1].state, "no group");
  EXPECT_EQ(info.sync_status, "");
  EXPECT_FALSE(is_served(seen));
}

}  // namespace
}  // namespace hpe3par::volumes
