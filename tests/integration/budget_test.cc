#include "tests/integration/world.h"

namespace hpe3par::test {
namespace {

using Requests = std::map<std::string, std::int64_t>;

// The request budgets of docs/architecture.md, from the simulator's own accounts.
TEST(Budget, EachOperationSendsWhatIsPromised) {
  World world;
  const auto requests_of = [&](const auto& act) {
    world.sim.reset_stats();
    act();
    return world.sim.requests();
  };
  const std::string volume = "/api/v1/volumes/{name}";

  EXPECT_EQ(requests_of([&] { EXPECT_EQ(world.daemon.create("v1", kSmall), ""); }),
            (Requests{{"POST /api/v1/volumes", 1}}));
  EXPECT_EQ(requests_of([&] { EXPECT_TRUE(world.daemon.get("v1").ok()); }), (Requests{{"GET " + volume, 1}}));
  EXPECT_EQ(requests_of([&] { EXPECT_TRUE(world.daemon.get("v1").ok()); }), Requests{}) << "confirmed a moment ago";
  EXPECT_EQ(requests_of([&] { EXPECT_FALSE(world.daemon.get("nonesuch").ok()); }), (Requests{{"GET " + volume, 1}}));
  EXPECT_EQ(requests_of([&] { EXPECT_EQ(world.daemon.mount("v1", "a"), ""); }),
            (Requests{{"GET " + volume, 1},
                      {"POST /api/v1/vluns", 1},
                      {"GET /api/v1/vluns", 1},
                      {"POST " + volume + "/objectKeyValues", 1},
                      {"PUT " + volume + "/objectKeyValues/{key}", 1}}))
      << "first mount";
  EXPECT_EQ(requests_of([&] { EXPECT_EQ(world.daemon.mount("v1", "b"), ""); }), (Requests{{"GET /api/v1/vluns", 1}}))
      << "already mounted here: only a look whether it is still ours";
  EXPECT_EQ(requests_of([&] { EXPECT_EQ(world.daemon.unmount("v1", "b"), ""); }), Requests{}) << "still used by a";
  EXPECT_EQ(requests_of([&] { EXPECT_EQ(world.daemon.unmount("v1", "a"), ""); }),
            (Requests{{"DELETE /api/v1/vluns/{id}", 1}}));
  EXPECT_EQ(requests_of([&] { EXPECT_EQ(world.daemon.mount("v1", "a"), ""); }),
            (Requests{{"GET " + volume, 1}, {"POST /api/v1/vluns", 1}, {"GET /api/v1/vluns", 1}}))
      << "later mounts";
  EXPECT_EQ(requests_of([&] { EXPECT_EQ(world.daemon.unmount("v1", "a"), ""); }),
            (Requests{{"DELETE /api/v1/vluns/{id}", 1}}));
  EXPECT_EQ(requests_of([&] { EXPECT_EQ(world.daemon.remove("v1"), ""); }), (Requests{{"DELETE " + volume, 1}}));
  std::this_thread::sleep_for(3200ms);  // the listing that World made is older than three seconds after this
  EXPECT_EQ(requests_of([&] {
              for (int i = 0; i < 5; ++i) EXPECT_TRUE(world.daemon.list().empty());
            }),
            (Requests{{"GET /api/v1/volumes", 1}}));
  world.leaks.check();
}

TEST(Budget, AnIdleDaemonSendsNothing) {
  World world;
  world.sim.reset_stats();
  std::this_thread::sleep_for(6s);
  EXPECT_EQ(world.sim.stats()["arrays"]["A"]["total"], 0);
}

}  // namespace
}  // namespace hpe3par::test
