#include <atomic>
#include <thread>

#include "tests/integration/world.h"

namespace hpe3par::test {
namespace {

TEST(Load, ThirtyTwoCreatesUseTheWholePoolAndHoldUpNobody) {
  World world;
  world.sim.fault({{"array", "A"}, {"kind", "latency"}, {"delay_ms", 100}, {"count", 0}});
  world.sim.reset_stats();
  std::atomic<int> created = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 32; ++i)
    threads.emplace_back([&, i] {
      EXPECT_EQ(world.daemon.create("v" + std::to_string(i), kSmall), "");
      ++created;
    });
  std::vector<double> waits;
  while (created < 32) waits.push_back(world.daemon.call("Capabilities").elapsed.count());
  for (std::thread& thread : threads) thread.join();
  EXPECT_LT(median(waits), 0.050) << "seconds, of " << waits.size() << " Capabilities beside Creates of 100 ms each";
  const auto stats = world.sim.stats()["arrays"]["A"];
  EXPECT_EQ(stats["sessions_peak"], 4) << stats;
  EXPECT_EQ(stats["concurrency_peak"], 4) << stats;
  EXPECT_EQ(world.sim.requests()["POST /api/v1/volumes"], 32);
  world.sim.clear_faults();
  EXPECT_EQ(world.daemon.list().size(), 32U);
  for (int i = 0; i < 32; ++i) EXPECT_EQ(world.daemon.remove("v" + std::to_string(i)), "");
  world.leaks.check();
}

TEST(Load, OneNameCreatedByManyAtOnceIsOneVolume) {
  World world;
  std::vector<std::thread> threads;
  for (int i = 0; i < 20; ++i) threads.emplace_back([&] { EXPECT_EQ(world.daemon.create("v", kSmall), ""); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(world.daemon.list(), std::vector<std::string>{"v"});
  EXPECT_EQ(world.daemon.remove("v"), "");
  world.leaks.check();
}

TEST(Load, ParallelMountsOfOneVolumeShareOneMount) {
  World world;
  ASSERT_EQ(world.daemon.create("v", kSmall), "");
  std::vector<std::thread> threads;
  for (int i = 0; i < 10; ++i)
    threads.emplace_back([&, i] { EXPECT_EQ(world.daemon.mount("v", "id" + std::to_string(i)), ""); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(mounts_below({world.daemon.mount_dir()}).size(), 1U);
  EXPECT_EQ(loop_devices_below({world.directory.path()}).size(), 1U);
  threads.clear();
  for (int i = 0; i < 10; ++i)
    threads.emplace_back([&, i] { EXPECT_EQ(world.daemon.unmount("v", "id" + std::to_string(i)), ""); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(world.daemon.remove("v"), "");
  world.leaks.check();
}

TEST(Load, AStormOnFewVolumesEndsAsTheIdsSay) {
  World world;
  for (const char* name : {"a", "b", "c"}) ASSERT_EQ(world.daemon.create(name, kSmall), "");
  const auto end = std::chrono::steady_clock::now() + 60s;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&, i] {
      const std::string id = "id" + std::to_string(i);
      for (int round = 0; std::chrono::steady_clock::now() < end; ++round) {
        const std::string name(1, static_cast<char>('a' + (i + round) % 3));
        EXPECT_EQ(world.daemon.mount(name, id), "");
        EXPECT_EQ(world.daemon.unmount(name, id), "");
      }
      EXPECT_EQ(world.daemon.mount("a", id), "");
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(world.daemon.get("a").json["Volume"]["Status"]["ids"].size(), 8U);
  EXPECT_FALSE(world.daemon.path("b"));
  for (int i = 0; i < 8; ++i) EXPECT_EQ(world.daemon.unmount("a", "id" + std::to_string(i)), "");
  for (const char* name : {"a", "b", "c"}) EXPECT_EQ(world.daemon.remove(name), "");
  world.leaks.check();
}

}  // namespace
}  // namespace hpe3par::test
