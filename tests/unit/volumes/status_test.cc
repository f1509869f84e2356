#include "status.h"

#include <gtest/gtest.h>

#include "info.h"

namespace hpe3par::volumes {
namespace {

using array::ArrayStatus;
using journal::MountRecord;
using journal::MountState;
using journal::UnfinishedVolume;

constexpr WallTime kTime{std::chrono::seconds(1'800'000'000)};

ArrayStatus some_status(ArrayStatus::State state, const std::string& reason) {
  ArrayStatus status;
  status.state = state;
  status.since = kTime;
  status.reason = reason;
  status.system_name = "A";
  return status;
}

TEST(Status, AnArrayHasItsAddressUntilItsNameIsKnown) {
  EXPECT_EQ(describe_array({}, "10.0.0.1:8080", {}).name, "10.0.0.1:8080");
  const ArrayInfo info = describe_array(some_status(ArrayStatus::State::refused, "no"), "10.0.0.1:8080", {"B1"});
  EXPECT_EQ(info.name, "A");
  EXPECT_EQ(info.address, "10.0.0.1:8080");
  EXPECT_EQ(info.state, "refused");
  EXPECT_EQ(info.since, kTime);
  EXPECT_EQ(info.reason, "no");
  EXPECT_EQ(info.backends, std::vector<std::string>{"B1"});
}

TEST(Status, EveryStateOfAMountBelongsToATask) {
  const std::vector<std::pair<MountState, std::string>> tasks = {
      {MountState::exporting, "mount"},   {MountState::attaching, "mount"},    {MountState::formatting, "mount"},
      {MountState::mounting, "mount"},    {MountState::mounted, "unmount"},    {MountState::unmounting, "unmount"},
      {MountState::detaching, "unmount"}, {MountState::unexporting, "unmount"}};
  for (const auto& [state, task] : tasks) {
    MountRecord row;
    row.volume = "v1";
    row.state = state;
    row.since = kTime;
    row.last_error = "busy";
    const CleanUpWork work = describe_work(row, "A");
    EXPECT_EQ(work.task, task);
    EXPECT_EQ(work.state, journal::to_string(state));
    EXPECT_EQ(work.volume + work.last_error + work.array, "v1busyA");
    EXPECT_EQ(work.since, kTime);
    EXPECT_FALSE(is_in_use(row));
    EXPECT_EQ(is_left_over(row), task == "unmount");
    row.ids.push_back({"id1", true});
    EXPECT_EQ(is_in_use(row), state == MountState::mounted);
  }
}

TEST(Status, EveryUnfinishedVolumeBelongsToATask) {
  const std::vector<std::pair<UnfinishedVolume::State, std::string>> tasks = {
      {UnfinishedVolume::State::creating, "create"},
      {UnfinishedVolume::State::undoing, "undo create"},
      {UnfinishedVolume::State::removing, "remove"}};
  for (const auto& [state, task] : tasks) {
    UnfinishedVolume row;
    row.state = state;
    EXPECT_EQ(describe_work(row, "A").task, task);
    EXPECT_EQ(describe_work(row, "A").state, journal::to_string(state));
  }
}

TEST(Status, ALockOfAGroupIsWorkOnIt) {
  const CleanUpWork work = describe_work(replication::LoggedLock{"A", "g", "t1"});
  EXPECT_EQ(work.task + " " + work.state + " " + work.group + " " + work.array, "group locked g A");
  EXPECT_EQ(work.volume, "");
}

struct Row {
  std::optional<MountState> state;
  bool ids = false;
  bool fenced = false;
  bool mounted = false;
  std::string answers;  ///< the word while the array answers
  std::string silent;   ///< ... and while it does not
};

// Every combination that there can be: a row left of `mounted` has no ids and is not fenced, and no mount is looked
// for.
TEST(Status, WhatEndangersDataIsNotHiddenByALesserFact) {
  std::vector<Row> table = {
      {std::nullopt, false, false, false, "available", "unreachable"},
      {MountState::exporting, false, false, false, "mounting", "mounting"},
      {MountState::attaching, false, false, false, "mounting", "mounting"},
      {MountState::formatting, false, false, false, "mounting", "mounting"},
      {MountState::mounting, false, false, false, "mounting", "mounting"},
      {MountState::mounted, true, false, true, "mounted", "unreachable"},
      {MountState::mounted, true, false, false, "mount gone", "mount gone"},
      {MountState::mounted, true, true, true, "fenced", "fenced"},
      {MountState::mounted, true, true, false, "fenced", "fenced"},
      {MountState::mounted, false, false, true, "detaching", "detaching"},
      {MountState::mounted, false, false, false, "detaching", "detaching"},
      {MountState::mounted, false, true, true, "fenced", "fenced"},
      {MountState::mounted, false, true, false, "fenced", "fenced"},
  };
  for (const MountState state : {MountState::unmounting, MountState::detaching, MountState::unexporting})
    for (const bool mounted : {true, false}) {
      if (mounted && state == MountState::unexporting) continue;  // its device is gone
      table.push_back({state, false, false, mounted, "detaching", "detaching"});
      table.push_back({state, false, true, mounted, "fenced", "fenced"});
    }
  for (const Row& each : table) {
    std::optional<MountRecord> row;
    if (each.state) row.emplace().state = *each.state;
    if (row) row->fenced = each.fenced;
    if (each.ids) row->ids.push_back({"id1", true});
    const std::string what = std::string(row ? journal::to_string(row->state) : "no row") + (each.ids ? ", ids" : "") +
                             (each.fenced ? ", fenced" : "") + (each.mounted ? ", mount there" : "");
    EXPECT_EQ(state_of(row, {each.mounted, false, false, false}), each.answers) << what;
    EXPECT_EQ(state_of(row, {each.mounted, false, false, true}), each.silent) << what;
    const bool healthy = each.silent == "unreachable";
    for (const bool silent : {false, true})
      EXPECT_EQ(state_of(row, {each.mounted, false, true, silent}), healthy ? "ambiguous" : each.silent) << what;
  }
}

TEST(Status, AnOrphanedMountIsToldWhateverTheArraysSay) {
  MountRecord row;
  row.state = MountState::mounted;
  row.ids.push_back({"id1", true});
  for (const bool silent : {false, true})
    for (const bool ambiguous : {false, true}) EXPECT_EQ(state_of(row, {true, true, ambiguous, silent}), "orphaned");
  EXPECT_EQ(state_of(row, {false, true, false, false}), "mount gone");
  const VolumeInfo info = describe_volume({}, {"A", "", {}}, {}, {row, true, "array B serves it"});
  EXPECT_EQ(info.last_error, "array B serves it; stop the containers that use it, and start them again");
  row.fenced = true;
  EXPECT_EQ(state_of(row, {true, true, false, false}), "fenced");
}

TEST(Status, TheLastErrorIsThatOfTheRowAndElseWhyTheArrayIsSilent) {
  const ArrayFacts up = {"A", "", {}};
  const ArrayFacts silent = {"A", "array A does not answer", kTime};
  MountRecord row;
  row.state = MountState::detaching;
  EXPECT_EQ(describe_volume({}, up, {}, {row, false, ""}).last_error, "");
  EXPECT_EQ(describe_volume({}, silent, {}, {row, false, ""}).last_error, silent.silent_reason);
  row.last_error = "its device is still in use";
  EXPECT_EQ(describe_volume({}, silent, {}, {row, false, ""}).last_error, row.last_error);
  row.state = MountState::mounted;
  row.ids.push_back({"id1", true});
  EXPECT_EQ(describe_volume({}, silent, {}, {row, true, ""}).last_error, silent.silent_reason);
  EXPECT_EQ(describe_volume({}, silent, {}, {row, true, ""}).since, kTime);
}

TEST(Status, AnAmbiguousVolumeTellsWhyAndWhereTheOthersAre) {
  catalog::Volume volume;
  volume.backend = "DEFAULT";
  volume.array_volume = "dcv-v1";
  const NameFacts name = {{{"B", "B1", "dcv-v1"}}, "volume v1 exists twice"};
  const ArrayFacts silent = {"A", "array A does not answer", kTime};
  const VolumeInfo info = describe_volume(volume, silent, name, {std::nullopt, false, ""});
  EXPECT_EQ(info.state, "ambiguous");
  EXPECT_EQ(info.last_error, "volume v1 exists twice");
  EXPECT_EQ(info.places, (std::vector<VolumePlace>{{"A", "DEFAULT", "dcv-v1"}, {"B", "B1", "dcv-v1"}}));
  MountRecord row;
  row.state = MountState::detaching;
  EXPECT_EQ(describe_volume(volume, silent, name, {row, false, ""}).last_error, "volume v1 exists twice");
  row.last_error = "its device is still in use";
  EXPECT_EQ(describe_volume(volume, silent, name, {row, false, ""}).last_error, row.last_error);
}

TEST(Status, AMountThatIsGoneIsToldWithItsPlace) {
  MountRecord row;
  row.state = MountState::mounted;
  row.mountpoint = "/mnt/v1";
  row.ids.push_back({"id1", true});
  const VolumeInfo info = describe_volume({}, {"A", "", {}}, {}, {row, false, ""});
  EXPECT_EQ(info.state, "mount gone");
  EXPECT_EQ(info.mountpoint, "");
  EXPECT_EQ(info.mounts, 0);
  EXPECT_FALSE(info.detach_pending);
  EXPECT_EQ(info.ids, std::vector<std::string>{"id1"});
  EXPECT_TRUE(info.last_error.starts_with("nothing of it is mounted at /mnt/v1 any more")) << info.last_error;
}

TEST(Status, AVolumeIsUnreachableWhileItsArrayIsNotUp) {
  EXPECT_EQ(facts_of(some_status(ArrayStatus::State::up, ""), "x", true).silent_reason, "");
  EXPECT_EQ(facts_of(some_status(ArrayStatus::State::unreachable, "gone"), "x", true).silent_reason, "gone");
  const ArrayFacts never = facts_of({}, "10.0.0.1:8080", false);
  EXPECT_EQ(never.silent_reason, "array 10.0.0.1:8080 was not reached yet");
  const VolumeInfo info = describe_volume({}, never, {}, {std::nullopt, false, ""});
  EXPECT_EQ(info.state, "unreachable");
  EXPECT_EQ(info.array, "10.0.0.1:8080");
}

TEST(Status, AVolumeIsUnreachableWhileItsArrayIsUpAndCannotBeListed) {
  const ArrayFacts slow = facts_of(some_status(ArrayStatus::State::up, ""), "x", false);
  EXPECT_NE(slow.silent_reason.find(" is still being listed"), std::string::npos) << slow.silent_reason;
  EXPECT_EQ(facts_of(some_status(ArrayStatus::State::up, "no"), "x", false).silent_reason, "no");
  catalog::Volume volume;
  volume.seen = WallTime(std::chrono::seconds(1'800'000'000));
  const VolumeInfo info = describe_volume(volume, slow, {}, {std::nullopt, false, ""});
  EXPECT_EQ(info.state, "unreachable");
  EXPECT_EQ(info.since, volume.seen);
}

}  // namespace
}  // namespace hpe3par::volumes
