#include <atomic>
#include <ctime>
#include <thread>

#include "tests/integration/two_arrays.h"

namespace hpe3par::test {
namespace {

using nlohmann::json;

/// As in Status.since.
std::string now_rfc3339() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

void expect_usable(const Daemon& daemon, const std::string& volume) {
  EXPECT_EQ(daemon.mount(volume, "id"), "");
  EXPECT_EQ(daemon.unmount(volume, "id"), "");
}

TEST(Outage, GetAndListAnswerFromTheCacheWhateverTheArrayDoes) {
  World world;
  ASSERT_EQ(world.daemon.create("v1", kSmall), "");
  ASSERT_TRUE(world.daemon.get("v1").ok());
  for (const char* state : {"hang", "down"}) {
    world.sim.set_array_state("A", state);
    for (int i = 0; i < 3; ++i) {
      const DriverReply got = world.daemon.get("v1");
      EXPECT_TRUE(got.ok()) << state << ": " << got.err;
      EXPECT_LT(got.elapsed.count(), 2.0) << state;
      EXPECT_EQ(world.daemon.list(), std::vector<std::string>{"v1"}) << state;
      std::this_thread::sleep_for(400ms);
    }
    const json status = world.daemon.get("v1").json["Volume"]["Status"];
    EXPECT_EQ(status["state"], "unreachable") << state << status;
    EXPECT_NE(status["last_error"], "") << state;
    const DriverReply unknown = world.daemon.get("nonesuch");
    EXPECT_NE(unknown.err.find("cannot tell whether volume nonesuch exists"), std::string::npos) << unknown.err;
    world.sim.set_array_state("A", "up");
    EXPECT_TRUE(
        eventually(30s, [&] { return world.daemon.get("v1").json["Volume"]["Status"]["state"] == "available"; }));
  }
  EXPECT_EQ(world.daemon.remove("v1"), "");
  world.leaks.check();
}

// Its sessions have ended meanwhile, and its clock is an hour ahead of ours.
TEST(Outage, WhatIsLeftOnAnArrayThatWasAwayForAnHourIsCleanedUp) {
  World world;
  for (const std::string name : {"v1", "v2", "v3"}) {
    ASSERT_EQ(world.daemon.create(name, kSmall), "");
    ASSERT_EQ(world.daemon.mount(name, "id"), "");
  }
  world.sim.set_array_state("A", "mgmt_down");
  for (const std::string name : {"v1", "v2", "v3"}) EXPECT_EQ(world.daemon.unmount(name, "id"), "");
  EXPECT_EQ(world.daemon.admin("/v1/status").json()["clean_up"].size(), 3U);
  world.daemon.restart();
  world.sim.control("POST", "/clock", {{"advance_s", 3600}});
  EXPECT_EQ(world.daemon.admin("/v1/status").json()["clean_up"].size(), 3U);
  EXPECT_EQ(world.daemon.list().size(), 3U);
  world.sim.set_array_state("A", "up");
  EXPECT_TRUE(eventually(30s, [&] { return is_clean(world.daemon); })) << world.daemon.log();
  for (const std::string name : {"v1", "v2", "v3"}) {
    EXPECT_EQ(world.daemon.mount(name, "id"), "");
    EXPECT_EQ(world.daemon.unmount(name, "id"), "");
    EXPECT_EQ(world.daemon.remove(name), "");
  }
  world.leaks.check();
}

// An hour passes for the array alone, with everything in use: sessions end, and nothing else does.
TEST(Outage, TheClockOfAnArrayMayJump) {
  World world;
  ASSERT_EQ(world.daemon.create("v1", kSmall), "");
  ASSERT_EQ(world.daemon.mount("v1", "id1"), "");
  for (const int seconds : {3600, 86400, 10}) {
    world.sim.control("POST", "/clock", {{"advance_s", seconds}});
    EXPECT_EQ(world.daemon.mount("v1", "id2"), "");
    EXPECT_EQ(world.daemon.unmount("v1", "id2"), "");
    EXPECT_TRUE(world.daemon.get("v1").ok());
    EXPECT_EQ(world.daemon.create("w" + std::to_string(seconds), kSmall), "");
    EXPECT_EQ(world.daemon.remove("w" + std::to_string(seconds)), "");
  }
  EXPECT_EQ(world.daemon.unmount("v1", "id1"), "");
  EXPECT_EQ(world.daemon.remove("v1"), "");
  world.leaks.check();
}

TEST(Outage, ADaemonStartedWithoutItsArrayServesTheCacheAndRecovers) {
  World world;
  ASSERT_EQ(world.daemon.create("v1", kSmall), "");
  ASSERT_TRUE(world.daemon.get("v1").ok());
  world.sim.set_array_state("A", "down");
  world.daemon.restart();
  EXPECT_EQ(world.daemon.list(), std::vector<std::string>{"v1"});
  EXPECT_TRUE(world.daemon.get("v1").ok());
  EXPECT_TRUE(world.daemon.call_raw("Plugin.Activate", "").ok());
  const std::string refused = world.daemon.create("v2", kSmall);
  EXPECT_NE(refused.find("v2"), std::string::npos) << refused;
  world.sim.set_array_state("A", "up");
  EXPECT_TRUE(eventually(30s, [&] { return world.daemon.create("v2", kSmall).empty(); }));
  EXPECT_EQ(world.daemon.remove("v1"), "");
  EXPECT_EQ(world.daemon.remove("v2"), "");
  world.leaks.check();
}

TEST(Outage, AnArrayThatWasNeverUpCostsTheOtherNothingAndIsUsedWhenItComes) {
  TwoArrays world([](Simulator& sim) { sim.set_array_state("B", "down"); });
  EXPECT_TRUE(world.daemon->call_raw("Plugin.Activate", "").ok());
  ASSERT_EQ(world.create("a", "DEFAULT"), "");
  expect_usable(*world.daemon, "a");
  EXPECT_EQ(world.daemon->list(), std::vector<std::string>{"a"});
  EXPECT_TRUE(world.is("B1", "unreachable")) << world.array_of("B1");
  EXPECT_NE(world.array_of("B1")["reason"], "");

  const std::string anywhere = world.daemon->create("new", kSmall);
  EXPECT_TRUE(has(anywhere, "(backend B1) could not be listed since this daemon started")) << anywhere;
  EXPECT_TRUE(has(anywhere, "Connection refused); retry when it answers, or name a backend with -o backend="))
      << anywhere;
  const std::string there = world.create("new", "B1");
  EXPECT_TRUE(has(there, " does not answer since 20")) << there;
  EXPECT_TRUE(has(world.daemon->get("nonesuch").err, "cannot tell whether volume nonesuch exists"));

  world.sim.set_array_state("B", "up");
  ASSERT_TRUE(world.wait_until("B1", "up"));
  EXPECT_EQ(world.create("b", "B1"), "");
  EXPECT_EQ(world.daemon->create("new", kSmall), "");
  expect_usable(*world.daemon, "b");
  for (const char* name : {"a", "b", "new"}) EXPECT_EQ(world.daemon->remove(name), "");
  world.leaks.check();
}

TEST(Outage, AnArrayThatIsDownForTheWholeLifeOfTheDaemonIsServedFromTheCache) {
  TwoArrays world;
  ASSERT_TRUE(world.both_are_up());
  ASSERT_EQ(world.create("a", "DEFAULT"), "");
  ASSERT_EQ(world.create("b", "B1"), "");
  ASSERT_TRUE(world.daemon->get("b").ok());
  world.daemon->stop();
  world.sim.set_array_state("B", "down");
  const std::string before = now_rfc3339();
  world.daemon->start();
  EXPECT_EQ(world.daemon->list(), (std::vector<std::string>{"a", "b"}));
  ASSERT_TRUE(world.wait_until("B1", "unreachable"));
  const DriverReply got = world.daemon->get("b");
  EXPECT_LT(got.elapsed.count(), 2.0);
  const json status = got.json["Volume"]["Status"];
  EXPECT_EQ(status["state"], "unreachable") << status;
  EXPECT_TRUE(has(status["last_error"], "Connection refused")) << status;
  EXPECT_GE(status["since"], before) << status;
  EXPECT_LE(status["since"], now_rfc3339()) << status;

  const std::string mount = world.daemon->mount("b", "id");
  EXPECT_TRUE(has(mount, "volume b is on backend B1: array 127.0.0.1:")) << mount;
  EXPECT_TRUE(has(mount, " does not answer since 20")) << mount;
  EXPECT_TRUE(has(mount, "Connection refused; retry when it answers")) << mount;
  EXPECT_TRUE(has(world.create("b", "DEFAULT"), "volume b is on backend B1: array ")) << "the name is taken there";
  EXPECT_EQ(world.daemon->create("new", kSmall), "") << "B was listed in an earlier life and does not have it";
  EXPECT_TRUE(has(world.daemon->log(), "a volume is made although an array cannot be asked"));
  expect_usable(*world.daemon, "a");

  world.sim.set_array_state("B", "up");
  ASSERT_TRUE(eventually(30s, [&] { return world.status_of("b")["state"] == "available"; }));
  expect_usable(*world.daemon, "b");
  for (const char* name : {"a", "b", "new"}) EXPECT_EQ(world.daemon->remove(name), "");
  world.leaks.check();
}

TEST(Outage, WithBothArraysDownTheCacheIsServedUntilTheyReturn) {
  TwoArrays world;
  ASSERT_TRUE(world.both_are_up());
  ASSERT_EQ(world.create("a", "DEFAULT"), "");
  ASSERT_EQ(world.create("b", "B1"), "");
  ASSERT_TRUE(world.daemon->get("a").ok() && world.daemon->get("b").ok());
  for (const char* array : {"A", "B"}) world.sim.set_array_state(array, "hang");
  world.daemon->restart();
  for (const char* name : {"a", "b"}) {
    const DriverReply got = world.daemon->get(name);
    EXPECT_TRUE(got.ok()) << got.err;
    EXPECT_LT(got.elapsed.count(), 2.0);
  }
  EXPECT_EQ(world.daemon->list(), (std::vector<std::string>{"a", "b"}));
  for (const char* array : {"A", "B"}) world.sim.set_array_state(array, "down");
  EXPECT_TRUE(has(world.daemon->create("new", kSmall), "retry when it answers"));
  for (const char* array : {"B", "A"}) world.sim.set_array_state(array, "up");
  ASSERT_TRUE(world.both_are_up());
  for (const char* name : {"a", "b"}) {
    expect_usable(*world.daemon, name);
    EXPECT_EQ(world.daemon->remove(name), "");
  }
  world.leaks.check();
}

TEST(Outage, ARefusedLoginIsNamedAndUsedWhenTheArrayAcceptsIt) {
  TwoArrays world([](Simulator& sim) {
    sim.fault({{"array", "B"},
               {"method", "POST"},
               {"route", "/api/v1/credentials"},
               {"kind", "error"},
               {"status", 403},
               {"code", 5},
               {"count", 0}});
  });
  ASSERT_TRUE(world.wait_until("B1", "refused")) << world.array_of("B1");
  ASSERT_EQ(world.create("a", "DEFAULT"), "");
  const std::string error = world.create("b", "B1");
  EXPECT_TRUE(has(error, " cannot be used since 20")) << error;
  EXPECT_TRUE(has(error, "check the user name and the password of this array")) << error;
  EXPECT_FALSE(has(error, world.sim.options().password));
  world.sim.clear_faults();
  ASSERT_TRUE(world.wait_until("B1", "up"));
  EXPECT_EQ(world.create("b", "B1"), "");
  for (const char* name : {"a", "b"}) EXPECT_EQ(world.daemon->remove(name), "");
  world.leaks.check();
}

TEST(Outage, AnUnmountWithoutTheArraySucceedsAndIsFinishedWhenItReturns) {
  World world;
  ASSERT_EQ(world.daemon.create("v1", kSmall), "");
  ASSERT_EQ(world.daemon.mount("v1", "id1"), "");
  world.sim.set_array_state("A", "mgmt_down");
  EXPECT_EQ(world.daemon.unmount("v1", "id1"), "");
  EXPECT_TRUE(mounts_below({world.daemon.mount_dir()}).empty());
  EXPECT_EQ(world.daemon.get("v1").json["Volume"]["Status"]["detach_pending"], true);
  world.sim.set_array_state("A", "up");
  EXPECT_TRUE(eventually(30s, [&] { return count_vluns(world.sim) == 0; }));
  EXPECT_EQ(world.daemon.remove("v1"), "");
  world.leaks.check();
}

TEST(Outage, AnUnmountDoesNotWaitLongForAnArrayThatHangs) {
  TwoArrays world;
  ASSERT_TRUE(world.both_are_up());
  for (const char* name : {"b1", "b2"}) {
    ASSERT_EQ(world.create(name, "B1"), "");
    ASSERT_EQ(world.daemon->mount(name, "id"), "");
  }
  world.sim.set_array_state("B", "hang");
  const auto seconds = [](const auto& act) {
    const auto began = std::chrono::steady_clock::now();
    act();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  };
  EXPECT_LT(seconds([&] { EXPECT_EQ(world.daemon->unmount("b1", "id"), ""); }), 13) << "at the onset";
  // Until it is known to be lost.
  ASSERT_TRUE(eventually(40s, [&] { return has(world.daemon->log(), "array not listed"); }));
  EXPECT_LT(seconds([&] { EXPECT_EQ(world.daemon->unmount("b2", "id"), ""); }), 2);
  EXPECT_TRUE(mounts_below({world.daemon->mount_dir()}).empty());
  std::string error;
  EXPECT_LT(seconds([&] { error = world.daemon->mount("b2", "id"); }), 4);
  EXPECT_TRUE(has(error, "volume b2 is on backend B1: array ")) << error;
  EXPECT_TRUE(has(error, " does not answer since 20")) << error;
  world.sim.set_array_state("B", "up");
  EXPECT_TRUE(eventually(40s, [&] { return count_vluns(world.sim, "B") == 0; }));
  for (const char* name : {"b1", "b2"}) EXPECT_EQ(world.daemon->remove(name), "");
  world.leaks.check();
}

TEST(Outage, AnArrayThatCannotMakeTheHostOrListSaysSoAndStandsInNobodysWay) {
  const auto broken = [](const std::string& method, const std::string& route) {
    return json{{"array", "B"}, {"method", method}, {"route", route}, {"kind", "error"}, {"status", 500}, {"count", 0}};
  };
  TwoArrays world([&](Simulator& sim) { sim.fault(broken("GET", "/api/v1/hosts")); });
  ASSERT_TRUE(world.both_are_up());
  EXPECT_EQ(world.create("b", "B1"), "") << "the host is needed for mounts only";
  EXPECT_TRUE(has(world.daemon->mount("b", "id"), "array "));
  EXPECT_EQ(world.daemon->create("anywhere", kSmall), "");
  world.sim.clear_faults();
  expect_usable(*world.daemon, "b");

  world.daemon->stop();
  world.sim.fault(broken("GET", "/api/v1/volumes"));
  world.daemon->start();
  ASSERT_TRUE(eventually(20s, [&] {
    return world.is("B1", "up") && has(world.array_of("B1")["reason"], "cannot list");
  })) << world.array_of("B1");
  const std::string help = world.daemon->create("x", {{"help", "backends"}});
  EXPECT_TRUE(has(help, "cannot list")) << help;
  EXPECT_EQ(world.create("a", "DEFAULT"), "");
  world.sim.clear_faults();
  EXPECT_TRUE(eventually(30s, [&] { return !has(world.array_of("B1")["reason"].dump(), "cannot list"); }));
  for (const char* name : {"a", "b", "anywhere"}) EXPECT_EQ(world.daemon->remove(name), "");
  world.leaks.check();
}

TEST(Outage, AFullSessionTableIsWaitedFor) {
  TwoArrays world([](Simulator& sim) {
    sim.fault({{"array", "B"},
               {"method", "POST"},
               {"route", "/api/v1/credentials"},
               {"kind", "error"},
               {"status", 503},
               {"code", 29},
               {"count", 0}});
  });
  ASSERT_TRUE(eventually(10s, [&] { return world.is("B1", "up"); })) << world.array_of("B1");
  EXPECT_TRUE(has(world.array_of("B1")["reason"], "all of the array's sessions are in use")) << world.array_of("B1");
  std::atomic<bool> ended = false;
  std::thread create([&] {
    EXPECT_EQ(world.create("b", "B1"), "");
    ended = true;
  });
  std::this_thread::sleep_for(2s);
  EXPECT_FALSE(ended);
  world.sim.clear_faults();
  create.join();
  EXPECT_EQ(world.daemon->remove("b"), "");
  world.leaks.check();
}

TEST(Outage, SigtermLogsOutOfTheArraysThatAnswer) {
  TwoArrays world;
  ASSERT_TRUE(world.both_are_up());
  ASSERT_EQ(world.create("b", "B1"), "");
  EXPECT_GE(world.sim.stats()["arrays"]["B"]["sessions_open"], 1);
  world.sim.set_array_state("A", "hang");  // the one that comes first
  world.daemon->stop();
  EXPECT_EQ(world.sim.stats()["arrays"]["B"]["sessions_open"], 0);
  world.sim.set_array_state("A", "up");
  world.daemon->start();
  ASSERT_TRUE(world.both_are_up());
  EXPECT_EQ(world.daemon->remove("b"), "");
  world.leaks.check();
}

TEST(Outage, CapabilitiesDoNotWaitForLooksAtASilentArray) {
  World world;
  world.sim.set_array_state("A", "hang");
  std::vector<std::thread> looks;
  for (int i = 0; i < 40; ++i) looks.emplace_back([&, i] { world.daemon.get("unknown" + std::to_string(i)); });
  std::vector<double> waits;
  for (int i = 0; i < 50; ++i) waits.push_back(world.daemon.call("Capabilities").elapsed.count());
  EXPECT_LT(median(waits), 0.050);
  for (std::thread& look : looks) look.join();
  world.sim.set_array_state("A", "up");
  world.leaks.check();
}

TEST(Outage, AWrongConfigurationIsAnsweredWithItsPlace) {
  TempDir directory;
  Simulator sim(directory / "sim");
  Daemon daemon(directory / "h1", options_for(sim, "h1", {"hpe3par_cgp = x"}));
  const std::string error = daemon.create("v1", kSmall);
  EXPECT_NE(error.find("hpe.conf:"), std::string::npos) << error;
  EXPECT_NE(error.find("unknown key hpe3par_cgp; did you mean hpe3par_cpg?"), std::string::npos) << error;
  EXPECT_TRUE(daemon.call_raw("Plugin.Activate", "").ok());
}

}  // namespace
}  // namespace hpe3par::test
