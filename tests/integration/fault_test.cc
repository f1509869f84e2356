#include <gmock/gmock.h>

#include "tests/integration/fault_matrix.h"

#include <thread>

namespace hpe3par::test {
namespace {

void nothing(const CaseVolume&) {}

void create(const CaseVolume& volume) {
  volume.create();
}

void create_elsewhere(const CaseVolume& volume) {
  EXPECT_EQ(volume.other.create(volume.name(), kSmall), "");
}

void create_and_mount(const CaseVolume& volume) {
  volume.create();
  volume.mount();
  volume.write();
}

void create_and_use(const CaseVolume& volume) {
  create_and_mount(volume);
  volume.unmount();
}

Operation::Step objects_are(const char* wanted) {
  return [wanted](const CaseVolume& volume) { volume.expect_objects(wanted); };
}

/// Nothing else is there whether it took effect or not.
Operation::Step objects_are_one_of(const std::vector<std::string>& allowed) {
  return [allowed](const CaseVolume& volume) { EXPECT_THAT(allowed, testing::Contains(volume.objects())); };
}

std::string create_again(const CaseVolume& volume) {
  return volume.daemon.create(volume.name(), kSmall);
}

std::string mount_id1(const CaseVolume& volume) {
  return volume.daemon.mount(volume.name(), "id1");
}

std::string unmount_id1(const CaseVolume& volume) {
  return volume.daemon.unmount(volume.name(), "id1");
}

std::string remove_it(const CaseVolume& volume) {
  return volume.daemon.remove(volume.name());
}

std::string get_it(const CaseVolume& volume) {
  return volume.daemon.get(volume.name()).err;
}

/// Only the array's own word counts for this.
std::string get_what_is_not_there(const CaseVolume& volume) {
  const std::string err = get_it(volume);
  EXPECT_NE(err, "") << "got a volume that does not exist";
  return err == "there is no volume " + volume.name() ? "" : err;
}

std::string get_what_is_there(const CaseVolume& volume) {
  std::string err = get_it(volume);
  EXPECT_EQ(err.find("there is no volume"), std::string::npos) << "it exists: " << err;
  return err;
}

void expect_mounted_for_the_first_time(const CaseVolume& volume) {
  volume.expect_objects(kMounted);
  EXPECT_TRUE(volume.mounted());
}

void expect_mounted_with_data(const CaseVolume& volume) {
  volume.expect_objects(kMounted);
  volume.expect_written();
}

/// What was written through the mount is there in the next one.
void write_and_mount_again(const CaseVolume& volume) {
  volume.write();
  volume.unmount();
  volume.expect_objects(kUsed);
  volume.mount();
  volume.expect_written();
  volume.unmount();
  volume.remove();
}

void unmount_and_remove(const CaseVolume& volume) {
  volume.unmount();
  volume.remove();
}

void unmount_both_and_remove(const CaseVolume& volume) {
  volume.unmount("id2");
  EXPECT_TRUE(volume.mounted());
  unmount_and_remove(volume);
}

void mount_with_data_and_remove(const CaseVolume& volume) {
  volume.mount();
  volume.expect_written();
  unmount_and_remove(volume);
}

std::string mount_id2(const CaseVolume& volume) {
  return volume.daemon.mount(volume.name(), "id2");
}

// In two volume sets: the administrator's and one of its own.
std::string create_in_sets(const CaseVolume& volume) {
  return volume.daemon.create(volume.name(), {{"size", "1"}, {"qos-name", kQosSet}, {"flash-cache", "true"}});
}

void prepare_in_sets(const CaseVolume& volume) {
  EXPECT_EQ(create_in_sets(volume), "");
}

// What is asked once and remembered, about the set and the CPG, has been asked then.
void warm_up(const CaseVolume& volume) {
  prepare_in_sets(volume);
  volume.remove();
}

std::vector<Operation> creates_and_looks() {
  return {
      {.name = "create",
       .prepare = nothing,
       .act = create_again,
       .succeeded = objects_are(kCreated),
       .failed = objects_are_one_of({kNothing, kCreated})},
      {.name = "create_in_sets",
       .prepare = warm_up,
       .act = create_in_sets,
       .succeeded = objects_are(kInSets),
       .alone = true,
       .any_request = true},
      {.name = "create_known", .prepare = create, .act = create_again, .succeeded = objects_are(kCreated)},
      {.name = "create_of_another_host",
       .prepare = create_elsewhere,
       .act = create_again,
       .succeeded = objects_are(kCreated),
       .failed = objects_are(kCreated),
       .alone = true},
      {.name = "get",
       .prepare = create,
       .act = get_it,
       .succeeded = objects_are(kCreated),
       .always_succeeds = true,
       .alone = true},
      {.name = "get_unknown",
       .prepare = nothing,
       .act = get_what_is_not_there,
       .succeeded = objects_are(kNothing),
       .finish = nothing,
       .alone = true,
       .looks = true},
      {.name = "get_of_another_host",
       .prepare = create_elsewhere,
       .act = get_what_is_there,
       .succeeded = objects_are(kCreated),
       .alone = true,
       .looks = true},
  };
}

std::vector<Operation> mounts_and_removes() {
  return {
      {.name = "mount_first",
       .prepare = create,
       .act = mount_id1,
       .succeeded = expect_mounted_for_the_first_time,
       .finish = write_and_mount_again},
      {.name = "mount_second",
       .prepare = create_and_use,
       .act = mount_id1,
       .succeeded = expect_mounted_with_data,
       .finish = unmount_and_remove},
      {.name = "mount_for_another_container",
       .prepare = create_and_mount,
       .act = mount_id2,
       .succeeded = expect_mounted_with_data,
       .failed = expect_mounted_with_data,
       .finish = unmount_both_and_remove,
       .always_succeeds = true},
      {.name = "unmount",
       .prepare = create_and_mount,
       .act = unmount_id1,
       .succeeded = objects_are(kUsed),
       .finish = mount_with_data_and_remove,
       .always_succeeds = true},
      {.name = "remove",
       .prepare = create_and_use,
       .act = remove_it,
       .succeeded = objects_are(kNothing),
       .failed = objects_are_one_of({kNothing, kUsed}),
       .finish = nothing},
      {.name = "remove_from_sets",
       .prepare = prepare_in_sets,
       .act = remove_it,
       .succeeded = objects_are(kNothing),
       .finish = nothing,
       .alone = true,
       .any_request = true,
       .first_is_refused = true},
      {.name = "remove_of_another_host",
       .prepare = create_elsewhere,
       .act = remove_it,
       .succeeded = objects_are(kNothing),
       .failed = objects_are_one_of({kNothing, kCreated}),
       .finish = nothing,
       .alone = true},
  };
}

class Fault : public testing::TestWithParam<Operation> {};

TEST_P(Fault, AtEachRequestLeavesTheRightStateOrASentenceAndACleanRetry) {
  RecordProperty("cases", run_matrix(GetParam()));
}

std::string name_of(const testing::TestParamInfo<Operation>& info) {
  return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(Create, Fault, testing::ValuesIn(creates_and_looks()), name_of);
INSTANTIATE_TEST_SUITE_P(Mount, Fault, testing::ValuesIn(mounts_and_removes()), name_of);

}  // namespace
}  // namespace hpe3par::test
