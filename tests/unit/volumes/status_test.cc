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

TEST(Status, AVolumeIsUnreachableWhileItsArrayIsNotUp) {
  EXPECT_EQ(facts_of(some_status(ArrayStatus::State::up, ""), "x", true).silent_reason, "");
  EXPECT_EQ(facts_of(some_status(ArrayStatus::State::unreachable, "gone"), "x", true).silent_reason, "gone");
  const ArrayFacts never = facts_of({}, "10.0.0.1:8080", false);
  EXPECT_EQ(never.silent_reason, "array 10.0.0.1:8080 was not reached yet");
  const VolumeInfo info = describe_volume({}, never, std::nullopt, false);
  EXPECT_EQ(info.state, "unreachable");
  EXPECT_EQ(info.array, "10.0.0.1:8080");
}

TEST(Status, AVolumeIsUnreachableWhileItsArrayIsUpAndCannotBeListed) {
  const ArrayFacts slow = facts_of(some_status(ArrayStatus::State::up, ""), "x", false);
  EXPECT_NE(slow.silent_reason.find(" is still being listed"), std::string::npos) << slow.silent_reason;
  EXPECT_EQ(facts_of(some_status(ArrayStatus::State::up, "no"), "x", false).silent_reason, "no");
  catalog::Volume volume;
  volume.seen = WallTime(std::chrono::seconds(1'800'000'000));
  const VolumeInfo info = describe_volume(volume, slow, std::nullopt, false);
  EXPECT_EQ(info.state, "unreachable");
  EXPECT_EQ(info.since, volume.seen);
}

}  // namespace
}  // namespace hpe3par::volumes
