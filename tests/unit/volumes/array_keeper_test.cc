#include "service_fixture.h"

namespace hpe3par::volumes {
namespace {

class ArrayKeeperTest : public ServiceTest {
 protected:
  void start_with(const std::string& serial) {
    stop();
    array->set_serial(serial);
    array->reset_requests();
    make();
    service->start();
  }
  bool is(array::ArrayStatus::State state) {
    return wait_until([&] { return array->status().state == state; });
  }
  bool refused() { return is(array::ArrayStatus::State::refused); }
};

TEST_F(ArrayKeeperTest, NothingIsSentToAnotherArrayThanTheOneWithOurMounts) {
  start_with("s1");
  service->create("v1", {}, soon());
  service->mount("v1", "id1", soon()).settle(true);
  start_with("s2");
  ASSERT_TRUE(refused());
  EXPECT_NE(array->status().reason.find("serial number s2"), std::string::npos) << array->status().reason;
  EXPECT_NE(array->status().reason.find("(s1)"), std::string::npos) << array->status().reason;
  service->unmount("v1", "id1", soon());
  EXPECT_FALSE(mounted());
  EXPECT_EQ(array->holders("dcv-v1"), std::vector<std::string>{kHere}) << "the other array is left alone";
  EXPECT_EQ(journal.mounts().size(), 1U);
  start_with("s1");
  EXPECT_TRUE(wait_until([&] { return array->holders("dcv-v1").empty(); }));
  EXPECT_TRUE(wait_until([&] { return journal.mounts().empty(); }));
}

TEST_F(ArrayKeeperTest, AnotherArrayIsTakenWhereNothingOfThisHostWasLeft) {
  start_with("s1");
  service->create("v1", {}, soon());
  start_with("s2");
  EXPECT_TRUE(is(array::ArrayStatus::State::up));
  EXPECT_TRUE(wait_until([&] { return !journal.arrays().empty() && journal.arrays()[0].serial == "s2"; }));
}

TEST_F(ArrayKeeperTest, LooksForOrphansOnceOnly) {
  start_with("s1");
  EXPECT_TRUE(wait_until([&] { return !journal.arrays().empty() && journal.arrays()[0].swept; }));
  start_with("s1");
  EXPECT_TRUE(wait_until([&] { return array->requests("list_volumes") > 0; }));
  service->create("v1", {}, soon());
  EXPECT_EQ(array->requests("list_exports_to"), 0);
}

TEST_F(ArrayKeeperTest, LeavesTheExportsOfAMachineOfItsNameAlone) {
  array->add_host(kHere, kInitiator, "10.0.0.99");
  array->set_local_address("10.0.0.1");
  array->add_volume("dcv-v1", R"({"type":"Docker","display_name":"v1","h":{"v":1,"u":"u-1"}})", "W1");
  array->add_export("dcv-v1", kHere, true);
  start_with("s1");
  EXPECT_TRUE(wait_until([&] { return array->requests("list_volumes") > 0; }));
  service->create("w", {}, soon());
  EXPECT_EQ(array->requests("list_exports_to"), 1) << "not again before the array is reached anew";
  EXPECT_EQ(array->holders("dcv-v1"), std::vector<std::string>{kHere});
}

// This version cannot see what iSCSI or FC have attached.
TEST_F(ArrayKeeperTest, LeavesWhatItCannotAttachAlone) {
  config.backends[0].transport = config::Transport::iscsi;
  array->add_host(kHere, kInitiator, "10.0.0.1");
  array->set_local_address("10.0.0.1");
  array->add_volume("dcv-v1", R"({"type":"Docker","display_name":"v1","h":{"v":1,"u":"u-1"}})", "W1");
  array->add_export("dcv-v1", kHere, true);
  start_with("s1");
  EXPECT_TRUE(wait_until([&] { return array->requests("list_volumes") > 0; }));
  service->create("w", {}, soon());
  EXPECT_EQ(array->requests("list_exports_to") + array->requests("ensure_host"), 0);
  EXPECT_TRUE(journal.mounts().empty());
  EXPECT_EQ(array->holders("dcv-v1"), std::vector<std::string>{kHere});
}

// What was given up while the journal could not be written is given up when it can be.
TEST_F(ArrayKeeperTest, AnUnmountThatCouldNotBeJournaledIsNotForgotten) {
  start();
  create();
  mount("a");
  mount("b");
  journal.set_writable(false);
  unmount("a");
  journal.set_writable(true);
  EXPECT_TRUE(wait_until([&] { return journal.mounts().size() == 1 && journal.mounts()[0].ids.size() == 1; }));
  restart();
  unmount("b");
  expect_nothing_left();
}

TEST_F(ArrayKeeperTest, GivesBackWhatALostJournalLeft) {
  array->add_host(kHere, kInitiator, "10.0.0.1");
  array->set_local_address("10.0.0.1");
  array->add_volume("dcv-v1", R"({"type":"Docker","display_name":"v1","h":{"v":1,"u":"u-1"}})", "W1");
  array->add_volume("oracle", "", "W2");
  array->add_export("dcv-v1", kHere, true);
  array->add_export("oracle", kHere, true);
  start_with("s1");
  EXPECT_TRUE(wait_until([&] { return array->holders("dcv-v1").empty(); }));
  EXPECT_EQ(array->holders("oracle"), std::vector<std::string>{kHere});
  EXPECT_TRUE(wait_until([&] { return journal.mounts().empty(); }));
}

}  // namespace
}  // namespace hpe3par::volumes
