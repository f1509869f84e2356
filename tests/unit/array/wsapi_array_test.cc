#include "wsapi_array_impl.h"

#include <thread>

#include "scripted_array.h"

namespace hpe3par::array {
namespace {

using InUse = VolumeStore::InUse;
using Lines = std::vector<std::string>;

std::string volume_json(const std::string& comment, const std::string& wwn = "60002AC0") {
  return R"({"name":"dcv-v1","wwn":")" + wwn + R"(","sizeMiB":1024,"provisioningType":2,"copyType":1,"comment":")" +
         comment + "\"}";
}

std::string vlun_json(const std::string& host, int lun) {
  return R"({"volumeName":"dcv-v1","volumeWWN":"60002AC0","lun":)" + std::to_string(lun) + R"(,"hostname":")" + host +
         R"(","type":3,"active":false})";
}

std::string collection(const std::vector<std::string>& members) {
  std::string text = R"({"total":)" + std::to_string(members.size()) + R"(,"members":[)";
  for (std::size_t i = 0; i < members.size(); ++i) text += (i == 0 ? "" : ",") + members[i];
  return text + "]}";
}

class ArrayTest : public ScriptedArrayTest {
 protected:
  /// Connected; lines() then gives only what came after.
  void connect(int build = 30301215) {
    then(200, R"({"major":1,"minor":6,"build":)" + std::to_string(build) + "}");
    then(200, R"({"id":7,"name":"sys","serialNumber":"1646750"})");
    array->connect(in());
    before = transport->lines().size();
  }
  Lines lines() const {
    Lines all = transport->lines();
    return {all.begin() + static_cast<std::ptrdiff_t>(before), all.end()};
  }
  void create() { array->create_volume({"dcv-v1", "cpg1", "", 1024, Provisioning::thin, "uuid-1"}, in()); }

  std::size_t before = 0;
};

// --- children

TEST_F(ArrayTest, ChildrenAreAskedForByTheirParent) {
  connect();
  then(200, collection({R"({"name":"s1","copyOf":"dcv-v1"})", R"({"name":"rcpy.12.34","copyOf":"dcv-v1"})",
                        R"({"name":"other","copyOf":"dcv-v10"})", R"({"name":"dcv-v1"})"}));
  EXPECT_EQ(array->list_children("dcv-v1", in()), (Lines{"s1"}));
  EXPECT_EQ(lines(), (Lines{"GET /volumes?query=%22copyOf%20EQ%20dcv-v1%22"}));
  then(200, collection({}));
  EXPECT_TRUE(array->list_children("dcv-v1", in()).empty());
}

// --- contact

TEST_F(ArrayTest, ConnectingLogsInFirstAndLearnsTheSystem) {
  EXPECT_EQ(array->status().state, ArrayStatus::State::connecting);
  connect();
  EXPECT_EQ(transport->lines(), (Lines{"POST /credentials", "GET /api", "GET /system"}));
  const ArrayStatus status = array->status();
  EXPECT_EQ(status.state, ArrayStatus::State::up);
  EXPECT_EQ(status.build, 30301215);
  EXPECT_EQ(status.system_name, "sys");
  EXPECT_EQ(status.serial_number, "1646750");
  EXPECT_EQ(status.sessions_open, 1);
  EXPECT_EQ(array->local_address(), "10.0.0.9");
}

TEST_F(ArrayTest, ConnectingTwiceSendsNothingMore) {
  connect();
  array->connect(in());
  EXPECT_EQ(lines(), Lines{});
}

TEST_F(ArrayTest, AnOldBuildIsRefusedByNumber) {
  then(200, R"({"build":30201292})");
  const Error error = error_of([&] { array->connect(in()); });
  EXPECT_EQ(error.kind(), ErrorKind::unimplemented);
  EXPECT_STREQ(error.what(),
               "array A: its WSAPI build 30201292 is older than 30202290 (3PAR OS 3.2.2), the oldest that this program "
               "works with");
  EXPECT_EQ(array->status().state, ArrayStatus::State::refused);
  EXPECT_EQ(error_of([&] { array->find_volume("v", in()); }).kind(), ErrorKind::unimplemented);
}

TEST_F(ArrayTest, EachSimpleOperationIsOneRequest) {
  connect();
  const std::uint64_t start = requests_of_this_thread();
  then(201, "", "/api/v1/volumes/dcv-v1");
  create();
  then(200, volume_json("uuid-1"));
  array->find_volume("dcv-v1", in());
  then(200, collection({volume_json("uuid-1")}));
  array->list_volumes(
      {"dcv-"}, [](const auto&) {}, in());
  then(201, "", "/api/v1/volumes/dcv-v1/objectKeyValues/k");
  array->create_mark("dcv-v1", "k", "v", in());
  then(201, "", "/api/v1/vluns/dcv-v1,0,h1");
  const Export made = array->export_volume("dcv-v1", "h1", in());
  then(200, collection({vlun_json("h1", 0)}));
  array->list_exports("dcv-v1", in());
  then(200, "");
  array->unexport_volume(made, in());
  then(200, "");
  array->remove_volume("dcv-v1", InUse::wait, in());
  EXPECT_EQ(requests_of_this_thread() - start, 8U);
  EXPECT_EQ(lines(), (Lines{"POST /volumes", "GET /volumes/dcv-v1", "GET /volumes?query=%22name%20LIKE%20dcv-%2A%22",
                            "POST /volumes/dcv-v1/objectKeyValues", "POST /vluns",
                            "GET /vluns?query=%22volumeName%20EQ%20dcv-v1%22", "DELETE /vluns/dcv-v1,0,h1",
                            "DELETE /volumes/dcv-v1"}));
}

TEST_F(ArrayTest, TheVersionIsAskedForOnceByManyThreads) {
  transport->otherwise([](const wsapi::HttpCall& call) {
    std::this_thread::sleep_for(Millis(5));
    if (call.url.ends_with("/api")) return ScriptedTransport::reply(200, R"({"build":30301215})");
    return ScriptedTransport::created("/volumes/x");
  });
  SystemClock real;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const NewVolume volume{"dcv-" + std::to_string(i), "cpg1", "", 1024, Provisioning::thin, "c"};
      array->create_volume(volume, Deadline::after(real, Millis(10'000)));
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(transport->count("GET /api"), 1U);
  EXPECT_EQ(transport->count("POST /volumes"), 8U);
}

// --- create

// --- an array that is upgraded while we run

TEST_F(ArrayTest, AnOrderIsRefusedOnlyByWhatTheArrayIsNow) {
  connect(30202290);
  then(200, R"({"build":30301215})");
  then(200, R"({"id":7,"name":"sys","serialNumber":"1","licenseInfo":{"licenses":[{"name":"Compression"}]}})");
  then(201, "", "/api/v1/volumes/dcv-v1");
  NewVolume order{"dcv-v1", "cpg1", "", 16384, Provisioning::thin, "uuid-1"};
  order.compression = true;
  array->create_volume(order, in());
  EXPECT_EQ(lines(), (Lines{"GET /api", "GET /system", "POST /volumes"}));
}

TEST_F(ArrayTest, ABodyThatAnUpgradedArrayRefusesIsSentInItsNewForm) {
  connect(40200000);
  then_error(400, 12);
  then(200, R"({"build":100000000})");
  then(201, "", "/api/v1/volumes/dcv-v1");
  array->create_volume({"dcv-v1", "cpg1", "snaps", 1024, Provisioning::thin, "uuid-1"}, in());
  EXPECT_EQ(lines(), (Lines{"POST /volumes", "GET /api", "POST /volumes"}));
  EXPECT_EQ(transport->calls().back().body.find("snapCPG"), std::string::npos);
}

TEST_F(ArrayTest, ABodyThatTheSameBuildRefusesIsAnError) {
  connect();
  then_error(400, 12);
  then(200, R"({"build":30301215})");
  EXPECT_EQ(error_of([&] { create(); }).remote_code(), 12);
  then_error(400, 12);
  then_error(403, 13);
  EXPECT_EQ(error_of([&] { create(); }).remote_code(), 12) << "whatever the array says of its version";
  EXPECT_EQ(lines().size(), 4U);
}

TEST_F(ArrayTest, AnUpgradedArrayIsAskedForNothingThatItCannot) {
  connect();
  then_error(400, 78);
  then(200, R"({"build":40000128})");
  then(200, R"({"build":40000128})");
  const NewVolume order{"dcv-v1", "cpg1", "", 1024, Provisioning::full, "uuid-1"};
  const Error error = error_of([&] { array->create_volume(order, in()); });
  EXPECT_EQ(error.kind(), ErrorKind::failed_precondition) << error.what();
  EXPECT_EQ(lines(), (Lines{"POST /volumes", "GET /api", "GET /api"}));
}

TEST_F(ArrayTest, ALostCreationIsFoundByItsComment) {
  connect();
  then_lost();
  then(200, volume_json("uuid-1"));
  create();
  EXPECT_EQ(lines(), (Lines{"POST /volumes", "GET /volumes/dcv-v1"}));
}

TEST_F(ArrayTest, ALostCreationThatFindsAnotherVolumeIsRefused) {
  connect();
  then_lost();
  then(200, volume_json("uuid-2"));
  const Error error = error_of([&] { create(); });
  EXPECT_EQ(error.kind(), ErrorKind::already_exists);
  EXPECT_EQ(error.remote_code(), 22);
}

TEST_F(ArrayTest, ALostCreationWithoutEffectIsRepeatedOnce) {
  connect();
  then_lost();
  then_error(404, 23);
  then(201, "", "/api/v1/volumes/dcv-v1");
  create();
  EXPECT_EQ(lines(), (Lines{"POST /volumes", "GET /volumes/dcv-v1", "POST /volumes"}));
}

TEST_F(ArrayTest, ALateEffectOfALostCreationIsRecognised) {
  connect();
  then_lost();
  then_error(404, 23);
  then_error(409, 22);
  then(200, volume_json("uuid-1"));
  create();
}

TEST_F(ArrayTest, ACreationLostTwiceIsUnknown) {
  connect();
  then_lost();
  then_error(404, 23);
  then_lost();
  then_error(404, 23);
  const Error error = error_of([&] { create(); });
  EXPECT_EQ(error.kind(), ErrorKind::unavailable);
  EXPECT_NE(std::string(error.what()).find("it is not known whether volume dcv-v1 was created"), std::string::npos);
}

TEST_F(ArrayTest, ATakenNameNeedsNoLook) {
  connect();
  then_error(409, 22);
  EXPECT_EQ(error_of([&] { create(); }).kind(), ErrorKind::already_exists);
  EXPECT_EQ(lines(), Lines{"POST /volumes"});
}

TEST_F(ArrayTest, ATakenNameAfter503IsComparedFirst) {
  connect();
  then_error(503, 1);
  then_error(409, 22);
  then(200, volume_json("uuid-1"));
  create();
}

TEST_F(ArrayTest, WhenTheLookFailsTheOutcomeIsUnknown) {
  connect();
  then_lost();
  for (int i = 0; i < 3; ++i) then_lost();
  const Error error = error_of([&] { create(); });
  EXPECT_EQ(error.kind(), ErrorKind::unavailable);
  EXPECT_NE(
      std::string(error.what()).find("array A: cannot create volume dcv-v1: the connection broke; it is not known"),
      std::string::npos)
      << error.what();
}

// --- find, list, remove

TEST_F(ArrayTest, AnAbsentVolumeIsOneOnlyWithItsCode) {
  connect();
  then_error(404, 23);
  EXPECT_FALSE(array->find_volume("dcv-v1", in()));
  then_error(404, 11);
  EXPECT_NE(error_of([&] { array->find_volume("dcv-v1", in()); }).kind(), ErrorKind::internal);
}

TEST_F(ArrayTest, AListHasOnlyWhatWasAskedFor) {
  connect(30202290);
  then(200, collection({volume_json("a"), R"({"name":"other","comment":5})"}));
  Lines names;
  array->list_volumes(
      {"dcv-"}, [&](const ArrayVolume& v) { names.push_back(v.name); }, in());
  EXPECT_EQ(names, Lines{"dcv-v1"});
  EXPECT_EQ(lines(), Lines{"GET /volumes"});
}

TEST_F(ArrayTest, AListThatBreaksOffVisitsNothingTwice) {
  connect();
  then(200, R"({"total":2,"members":[)" + volume_json("a") + ",");
  then(200, collection({volume_json("a")}));
  int visits = 0;
  array->list_volumes(
      {"dcv-"}, [&](const auto&) { ++visits; }, in());
  EXPECT_EQ(visits, 1);
}

TEST_F(ArrayTest, ARefusedFilterIsNotTriedAgain) {
  connect();
  then_error(400, 9001);
  then(200, collection({}));
  then(200, collection({}));
  array->list_volumes(
      {"dcv-"}, [](const auto&) {}, in());
  array->list_volumes(
      {"dcv-"}, [](const auto&) {}, in());
  EXPECT_EQ(lines(), (Lines{"GET /volumes?query=%22name%20LIKE%20dcv-%2A%22", "GET /volumes", "GET /volumes"}));
}

TEST_F(ArrayTest, AVisitorsErrorComesThrough) {
  connect();
  then(200, collection({volume_json("a")}));
  const Error error = error_of([&] {
    array->list_volumes(
        {"dcv-"}, [](const auto&) { throw Error(ErrorKind::aborted, "enough"); }, in());
  });
  EXPECT_STREQ(error.what(), "enough");
}

TEST_F(ArrayTest, RemovingAnAbsentVolumeIsSuccess) {
  connect();
  then_error(404, 23);
  array->remove_volume("dcv-v1", InUse::wait, in());
}

TEST_F(ArrayTest, AnExportedVolumeIsNotRemoved) {
  connect();
  then_error(409, 26);
  EXPECT_EQ(error_of([&] { array->remove_volume("dcv-v1", InUse::wait, in()); }).kind(),
            ErrorKind::failed_precondition);
}

TEST_F(ArrayTest, AVolumeStillInUseAfterItsUnexportIsWaitedFor) {
  connect();
  then_error(409, 34);
  then_error(409, 34);
  then(200, "");
  array->remove_volume("dcv-v1", InUse::wait, in());
  for (int i = 0; i < 3; ++i) then_error(409, 34);
  EXPECT_EQ(error_of([&] { array->remove_volume("dcv-v1", InUse::wait, in()); }).remote_code(), 34);
}

TEST_F(ArrayTest, ALostRemovalOfWhatIsGoneIsSuccess) {
  connect();
  then_lost();
  then_error(404, 23);
  array->remove_volume("dcv-v1", InUse::wait, in());
  EXPECT_EQ(lines(), (Lines{"DELETE /volumes/dcv-v1", "GET /volumes/dcv-v1"}));
}

TEST_F(ArrayTest, ALostRemovalIsRepeatedOnTheSameVolume) {
  connect();
  then(200, volume_json("uuid-1"));
  array->find_volume("dcv-v1", in());
  then_lost();
  then(200, volume_json("uuid-1"));
  then(200, "");
  array->remove_volume("dcv-v1", InUse::wait, in());
  EXPECT_EQ(lines().back(), "DELETE /volumes/dcv-v1");
}

TEST_F(ArrayTest, ALostRemovalIsNotRepeatedOnAnotherVolumeOfThatName) {
  connect();
  then(200, volume_json("uuid-1", "60002AC0"));
  array->find_volume("dcv-v1", in());
  then_lost();
  then(200, volume_json("uuid-2", "60002AC1"));
  array->remove_volume("dcv-v1", InUse::wait, in());
  EXPECT_EQ(lines().back(), "GET /volumes/dcv-v1");
}

TEST_F(ArrayTest, ALostRemovalOfAnUnknownVolumeIsRepeatedOnlyIfItIsOldEnough) {
  connect();
  const auto with_age = [](int seconds) {
    wsapi::HttpReply reply;
    reply.status = 200;
    reply.body =
        R"({"name":"dcv-v1","wwn":"60","sizeMiB":1,"creationTimeSec":)" + std::to_string(784111777 - seconds) + "}";
    reply.date = "Sun, 06 Nov 1994 08:49:37 GMT";
    return reply;
  };
  then_lost();
  transport->then(with_age(60));
  then(200, "");
  array->remove_volume("dcv-v1", InUse::wait, in());
  then_lost();
  transport->then(with_age(0));
  EXPECT_EQ(error_of([&] { array->remove_volume("dcv-v1", InUse::wait, in()); }).kind(), ErrorKind::unavailable);
}

TEST_F(ArrayTest, ACreationOrRemovalIsDoneOnlyWhenAnArraySaysSo) {
  connect();
  for (const char* body : {"", "[]", R"({"foo":1})", "<html>"}) {
    then(201, body);
    then_error(404, 23);
    then(201, "", "/api/v1/volumes/dcv-v1");
    create();
  }
  EXPECT_EQ(transport->count("POST /volumes"), 8U);
  for (const char* body : {"[]", R"({"foo":1})", "<html>"}) {
    then(200, body);
    then_error(404, 23);
    array->remove_volume("dcv-v1", InUse::wait, in());
  }
  then(200, "{}");
  then_error(404, 19);
  array->unexport_volume({"dcv-v1", "", 0, ExportKind::host, "h1", "", false, ""}, in());
}

// --- marks

TEST_F(ArrayTest, AMarkIsMadeOnce) {
  connect();
  then(201, "", "/api/v1/volumes/dcv-v1/objectKeyValues/k");
  EXPECT_TRUE(array->create_mark("dcv-v1", "k", "v", in()));
  then_error(409, 181);
  EXPECT_FALSE(array->create_mark("dcv-v1", "k", "v", in()));
}

TEST_F(ArrayTest, ALostMarkIsComparedByItsValue) {
  connect();
  then_lost();
  then(200, R"({"key":"k","value":"v"})");
  EXPECT_TRUE(array->create_mark("dcv-v1", "k", "v", in()));
  then_lost();
  then(200, R"({"key":"k","value":"theirs"})");
  EXPECT_FALSE(array->create_mark("dcv-v1", "k", "v", in()));
  then_lost();
  then_error(404, 180);
  then(201, "", "/api/v1/x");
  EXPECT_TRUE(array->create_mark("dcv-v1", "k", "v", in()));
}

TEST_F(ArrayTest, AnAbsentMarkIsNotAnAbsentVolume) {
  connect();
  then_error(404, 180);
  EXPECT_FALSE(array->find_mark("dcv-v1", "formatted:1", in()));
  EXPECT_EQ(lines(), Lines{"GET /volumes/dcv-v1/objectKeyValues/formatted:1"});
  then_error(404, 23);
  EXPECT_EQ(error_of([&] { array->find_mark("dcv-v1", "k", in()); }).kind(), ErrorKind::not_found);
  then_error(404, 180);
  EXPECT_EQ(error_of([&] { array->update_mark("dcv-v1", "k", "v", in()); }).kind(), ErrorKind::not_found);
}

TEST_F(ArrayTest, AChangeOfAMarkThatIsNotConfirmedIsLookedAt) {
  connect();
  then(200, "");
  then(200, R"({"key":"k","value":"v"})");
  array->update_mark("dcv-v1", "k", "v", in());
  then(200, R"({"foo":1})");
  then(200, R"({"key":"k","value":"old"})");
  then(200, "", "/api/v1/volumes/dcv-v1/objectKeyValues/k");
  array->update_mark("dcv-v1", "k", "v", in());
  EXPECT_EQ(transport->count("PUT /volumes/dcv-v1/objectKeyValues/k"), 3U);
}

TEST_F(ArrayTest, AMarkOfAnotherShapeIsNoMark) {
  connect();
  for (const char* body : {R"({"foo":1})", R"({"key":"other","value":"v"})", R"({"key":"k","value":1})"}) {
    for (int i = 0; i < 3; ++i) then(200, body);
    EXPECT_EQ(error_of([&] { array->find_mark("dcv-v1", "k", in()); }).kind(), ErrorKind::unavailable) << body;
  }
}

// --- exports

TEST_F(ArrayTest, AnExportTellsItsLun) {
  connect();
  then(201, "", "/api/v1/vluns/dcv-v1%2C17%2Ch1");
  const Export made = array->export_volume("dcv-v1", "h1", in());
  EXPECT_EQ(made.lun, 17);
  EXPECT_EQ(made.array_host, "h1");
  EXPECT_EQ(made.kind, ExportKind::host);
}

TEST_F(ArrayTest, AnExportThatExistsIsRefused) {
  connect();
  then_error(409, 18);
  const Error error = error_of([&] { array->export_volume("dcv-v1", "h1", in()); });
  EXPECT_EQ(error.kind(), ErrorKind::already_exists);
  EXPECT_EQ(error.remote_code(), 18);
}

TEST_F(ArrayTest, ALostExportIsLookedFor) {
  connect();
  then_lost();
  then(200, collection({vlun_json("h2", 4), vlun_json("h1", 5)}));
  EXPECT_EQ(array->export_volume("dcv-v1", "h1", in()).lun, 5);
  then_lost();
  then(200, collection({vlun_json("h2", 4)}));
  then_error(409, 18);
  then(200, collection({vlun_json("h2", 4), vlun_json("h1", 6)}));
  EXPECT_EQ(array->export_volume("dcv-v1", "h1", in()).lun, 6);
}

TEST_F(ArrayTest, AnExportAnsweredWithoutALunIsLookedFor) {
  connect();
  then(201, "");
  then(200, collection({vlun_json("h1", 5)}));
  EXPECT_EQ(array->export_volume("dcv-v1", "h1", in()).lun, 5);
}

TEST_F(ArrayTest, ExportsOfOtherVolumesAreLeftOut) {
  connect();
  then(200, collection({R"({"volumeName":"x","lun":1,"type":3})", vlun_json("h1", 5)}));
  EXPECT_EQ(array->list_exports("dcv-v1", in()).size(), 1U);
  then(200, collection({R"({"lun":1,"type":3})"}));
  for (int i = 0; i < 2; ++i) then(200, collection({R"({"lun":1,"type":3})"}));
  EXPECT_EQ(error_of([&] { array->list_exports("dcv-v1", in()); }).kind(), ErrorKind::unavailable);
}

TEST_F(ArrayTest, RemovingWhatIsNotExportedIsSuccess) {
  connect();
  for (const int code : {19, 17, 23}) {
    then_error(404, code);
    array->unexport_volume({"dcv-v1", "", 0, ExportKind::host, "h1", "", false, ""}, in());
  }
  then_error(403, 13);
  EXPECT_THROW(array->unexport_volume({"dcv-v1", "", 0, ExportKind::host, "h1", "", false, ""}, in()), Error);
}

// --- hosts

const HostIdentity kHost{"h1", {"iqn.2026-01.a:h1"}};
constexpr const char* kQuery = "GET /hosts?query=%22iSCSIPaths%5Bname%20EQ%20iqn.2026-01.a:h1%5D%22";

std::string host_json(const std::string& name, const std::string& iqn) {
  return R"({"name":")" + name + R"(","FCPaths":[],"iSCSIPaths":[{"name":")" + iqn + R"(","IPAddr":"10.0.0.9"}]})";
}

TEST_F(ArrayTest, OurHostIsFoundByItsInitiator) {
  connect();
  then(200, collection({host_json("named-otherwise", "iqn.2026-01.a:h1")}));
  EXPECT_EQ(array->ensure_host(kHost, in()), "named-otherwise");
  EXPECT_EQ(lines(), Lines{kQuery});
}

TEST_F(ArrayTest, OurHostIsMadeWhenItIsAbsent) {
  connect();
  then(200, collection({}));
  then_error(404, 17);
  then(201, "", "/api/v1/hosts/h1");
  EXPECT_EQ(array->ensure_host(kHost, in()), "h1");
  EXPECT_EQ(lines(), (Lines{kQuery, "GET /hosts/h1", "POST /hosts"}));
  EXPECT_EQ(transport->calls().back().body, R"({"iSCSINames":["iqn.2026-01.a:h1"],"name":"h1","persona":2})");
}

TEST_F(ArrayTest, OurHostGetsTheInitiatorItLacks) {
  connect();
  then(200, collection({}));
  then(200, host_json("h1", "iqn.old"));
  then(200, "", "/api/v1/hosts/h1");
  EXPECT_EQ(array->ensure_host(kHost, in()), "h1");
  EXPECT_EQ(lines().back(), "PUT /hosts/h1");
  EXPECT_EQ(transport->calls().back().body, R"({"iSCSINames":["iqn.2026-01.a:h1"],"pathOperation":1})");
}

TEST_F(ArrayTest, AHostOfAnotherShapeIsNoHost) {
  connect();
  for (int i = 0; i < 3; ++i) then(200, R"({"foo":1})");
  EXPECT_EQ(error_of([&] { array->find_host("h1", in()); }).kind(), ErrorKind::unavailable);
}

TEST_F(ArrayTest, ARaceForOurHostIsLookedAtAgain) {
  connect();
  then(200, collection({}));
  then_error(404, 17);
  then_error(409, 73);
  then(200, collection({host_json("winner", "iqn.2026-01.a:h1")}));
  EXPECT_EQ(array->ensure_host(kHost, in()), "winner");
}

TEST_F(ArrayTest, ALostHostIsLookedForAgain) {
  connect();
  then(200, collection({}));
  then_error(404, 17);
  then_lost();
  then(200, collection({host_json("h1", "iqn.2026-01.a:h1")}));
  EXPECT_EQ(array->ensure_host(kHost, in()), "h1");
  EXPECT_EQ(transport->count("POST /hosts"), 1U);
}

TEST_F(ArrayTest, AHostQueryThatIsIgnoredByTheArrayDoesNotMislead) {
  connect();
  then(200, collection({host_json("foreign", "iqn.2026-01.a:h2"), R"({"iSCSIPaths":[{"name":"iqn.2026-01.a:h1"}]})"}));
  then_error(404, 17);
  then(201, "", "/api/v1/hosts/h1");
  EXPECT_EQ(array->ensure_host(kHost, in()), "h1");
}

}  // namespace
}  // namespace hpe3par::array
