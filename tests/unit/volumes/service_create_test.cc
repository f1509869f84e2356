#include "hpe3par/volumes/volume_service.h"

#include "service_fixture.h"

namespace hpe3par::volumes {
namespace {

class ServiceCreateTest : public ServiceTest {};

TEST_F(ServiceCreateTest, CreatesWithOneRequest) {
  start();
  array->reset_requests();
  create("v1", {{"size", "7"}, {"cpg", "cpg2"}});
  EXPECT_EQ(array->requests(), 1);
  const auto made = array->volume("dcv-v1");
  ASSERT_TRUE(made);
  EXPECT_EQ(made->size_mib, 7U * 1024);
  EXPECT_EQ(made->cpg, "cpg2");
  const auto record = catalog::decode_record(made->comment);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->options, (RawOptions{{"size", "7"}, {"cpg", "cpg2"}}));
}

TEST_F(ServiceCreateTest, TakesARepeatedCreateForSuccess) {
  start();
  create("v1", {{"size", "7"}});
  create("v1", {{"size", "7"}, {"provisioning", "thin"}});
  EXPECT_EQ(array->volume_count(), 1U);
}

TEST_F(ServiceCreateTest, CreatesAnewWhatAnotherHostRemovedAMomentAgo) {
  start();
  create();
  array->drop_volume("dcv-v1");
  create();
  EXPECT_TRUE(array->volume("dcv-v1"));
}

TEST_F(ServiceCreateTest, NamesTheDifferencesToAnExistingVolume) {
  start();
  create("v1", {{"size", "7"}});
  EXPECT_EQ(kind_of([&] { create("v1", {{"size", "8"}}); }), ErrorKind::already_exists);
  EXPECT_TRUE(said("volume v1 exists with other options: size is 7, not 8")) << sentence;
}

TEST_F(ServiceCreateTest, AcceptsWhatAnotherHostMadeAtTheSameTime) {
  start();
  array->add_volume("dcv-v1", catalog::encode_record({"v1", "u", "", {{"size", "7"}}, false}));
  create("v1", {{"size", "7"}});
  EXPECT_EQ(kind_of([&] { create("v1"); }), ErrorKind::already_exists);
}

TEST_F(ServiceCreateTest, DoesNotTakeAStrangersArrayVolume) {
  start();
  array->add_volume("dcv-v1", "made by hand");
  EXPECT_EQ(kind_of([&] { create(); }), ErrorKind::already_exists);
  EXPECT_TRUE(said("array A has a volume dcv-v1 that is not a volume of this plugin")) << sentence;
  remove();
  EXPECT_TRUE(array->volume("dcv-v1")) << "removed a volume that is not ours";
}

TEST_F(ServiceCreateTest, FindsTheNameOnAVolumeOfHpesPlugin) {
  add_legacy();
  array->edit_volume(kLegacyVolume, [](array::ArrayVolume& volume) { volume.size_mib = 10 * 1024; });
  start();
  create();
  create("v1", {{"size", "10"}});
  EXPECT_EQ(kind_of([&] { create("v1", {{"size", "11"}}); }), ErrorKind::already_exists);
  EXPECT_EQ(array->volume_count(), 1U);
}

TEST_F(ServiceCreateTest, TouchesNeitherOfTwoVolumesOfOneName) {
  add_legacy();
  array->add_volume("dcv-v1", catalog::encode_record({"v1", "u1", "", {}, false}));
  start();
  const auto list = service->list(soon()).volumes;
  ASSERT_EQ(list.size(), 1U);
  for (const VolumeInfo& info : {service->get("v1", soon()), list[0]}) {
    EXPECT_EQ(info.name, "v1");
    EXPECT_EQ(info.state, "ambiguous");
    EXPECT_TRUE(info.last_error.starts_with("volume v1 exists on array A")) << info.last_error;
    EXPECT_EQ(info.places, (std::vector<VolumePlace>{{"A", "DEFAULT", "dcv-v1"}, {"A", "DEFAULT", kLegacyVolume}}));
  }
  for (const auto& act : std::initializer_list<std::function<void()>>{[&] { create(); }, [&] { mount("id"); },
                                                                      [&] { remove(); }, [&] { remove(); }}) {
    EXPECT_EQ(kind_of(act), ErrorKind::failed_precondition);
    EXPECT_TRUE(said("array volume dcv-v1) and once more there (backend DEFAULT, array volume dcv-0DM4")) << sentence;
  }
  EXPECT_EQ(array->volume_count(), 2U);
}

TEST_F(ServiceCreateTest, RefusesBadNamesAndOptionsBeforeAskingAnybody) {
  start();
  array->reset_requests();
  for (const char* name : {"", "../x", "-x", "a b"})
    EXPECT_EQ(kind_of([&] { create(name); }), ErrorKind::invalid_argument);
  EXPECT_EQ(kind_of([&] { create("v1", {{"size", "x"}}); }), ErrorKind::invalid_argument);
  EXPECT_EQ(kind_of([&] { create("v1", {{"help", ""}}); }), ErrorKind::invalid_argument);
  EXPECT_EQ(kind_of([&] { service->mount("../x", "id", soon()); }), ErrorKind::invalid_argument);
  EXPECT_EQ(kind_of([&] { service->mount("v1", "", soon()); }), ErrorKind::invalid_argument);
  EXPECT_EQ(array->requests(), 0);
}

TEST_F(ServiceCreateTest, DoesNotConfirmACreateFromTheCache) {
  start();
  create();
  restart();
  array->set_silent(true);
  std::this_thread::sleep_for(Millis(1));
  restart();
  EXPECT_EQ(kind_of([&] { create(); }), ErrorKind::unavailable);
}

TEST_F(ServiceCreateTest, RefusesCreateAndMountButNotUnmountWhenTheJournalCannotBeWritten) {
  start();
  create();
  mount("a");
  journal.set_writable(false);
  array->reset_requests();
  EXPECT_EQ(kind_of([&] { create("v2"); }), ErrorKind::unavailable);
  EXPECT_TRUE(sentence.starts_with("cannot write the journal")) << "no array is to blame: " << sentence;
  EXPECT_EQ(kind_of([&] { service->mount("v1", "b", soon()); }), ErrorKind::unavailable);
  EXPECT_FALSE(array->volume("dcv-v2"));
  unmount("a");
  EXPECT_FALSE(mounted());
  EXPECT_EQ(machine.devices(), 0U);
  EXPECT_TRUE(array->holders("dcv-v1").empty());
  array->reset_requests();
  EXPECT_EQ(kind_of([&] { service->mount("v1", "b", soon()); }), ErrorKind::unavailable);
  EXPECT_EQ(array->requests("export_volume"), 0);
  journal.set_writable(true);
  mount("c");
  unmount("c");
  expect_nothing_left();
}

TEST_F(ServiceCreateTest, NamesTheBackendThatDoesNotAnswerACreate) {
  start();
  array->fail_next("create_volume", FakeArray::When::before_effect,
                   Error(ErrorKind::unavailable, "array A: no backend"));
  EXPECT_EQ(kind_of([&] { create(); }), ErrorKind::unavailable);
  EXPECT_EQ(sentence, "backend DEFAULT: volume v1: array A: no backend");
}

}  // namespace
}  // namespace hpe3par::volumes
