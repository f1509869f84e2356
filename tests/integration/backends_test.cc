#include <atomic>
#include <functional>
#include <mutex>
#include <numeric>
#include <thread>

#include "tests/integration/two_arrays.h"

namespace hpe3par::test {
namespace {

using nlohmann::json;

/// Milliseconds that calls took.
class Times {
 public:
  template <typename Act>
  auto measure(Act act) {
    const auto began = std::chrono::steady_clock::now();
    auto result = act();
    ms_.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count());
    return result;
  }
  void add(double ms) { ms_.push_back(ms); }
  double percentile(double share) {
    std::sort(ms_.begin(), ms_.end());
    return ms_.at(static_cast<std::size_t>(share * static_cast<double>(ms_.size() - 1)));
  }
  std::size_t count() const { return ms_.size(); }

 private:
  std::vector<double> ms_;
};

// Each operation on array A; `formatted` has its file system, because mkfs would hide everything else.
void use(const Daemon& daemon, const std::string& formatted, const std::string& fresh, Times& times) {
  EXPECT_EQ(times.measure([&] { return daemon.create(fresh, {{"size", "1"}, {"backend", "DEFAULT"}}); }), "");
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(times.measure([&] { return daemon.get(fresh); }).ok());
  EXPECT_EQ(times.measure([&] { return daemon.mount(formatted, "id"); }), "");
  EXPECT_TRUE(times.measure([&] { return daemon.get(formatted); }).ok());
  EXPECT_EQ(times.measure([&] { return daemon.unmount(formatted, "id"); }), "");
  EXPECT_EQ(times.measure([&] { return daemon.remove(fresh); }), "");
}

void make_formatted(const TwoArrays& world) {
  ASSERT_EQ(world.create("formatted", "DEFAULT"), "");
  ASSERT_EQ(world.daemon->mount("formatted", "id"), "");
  ASSERT_EQ(world.daemon->unmount("formatted", "id"), "");
}

/// Rounds with array B in turn fine and silent; the times of both in one run.
struct Comparison {
  Times fine;
  Times silent;

  void run(TwoArrays& world, int rounds, int volumes, const std::function<void()>& while_silent) {
    for (int round = 0; round < rounds; ++round) {
      world.sim.set_array_state("B", "up");
      ASSERT_TRUE(eventually(30s, [&] { return world.daemon->call("List").ok() && world.is("B1", "up"); }));
      for (int i = 0; i < volumes; ++i) use(*world.daemon, "formatted", "v" + std::to_string(i), fine);
      world.sim.set_array_state("B", "hang");
      while_silent();
      for (int i = 0; i < volumes; ++i) use(*world.daemon, "formatted", "v" + std::to_string(i), silent);
    }
    world.sim.set_array_state("B", "up");
  }

  void report_and_check() {
    const double floor = 15;  // ms: below that it is the noise of two cores
    for (const double share : {0.50, 0.99}) {
      const double before = fine.percentile(share);
      const double during = silent.percentile(share);
      std::printf("p%.0f of %zu calls on A: %.1f ms with B up, %.1f ms with B silent, ratio %.2f\n", share * 100,
                  silent.count(), before, during, during / before);
      EXPECT_LT(during, std::max(before * 3, before + floor)) << "p" << share * 100;
    }
  }
};

TEST(Backends, ASilentArrayCostsTheOtherNothing) {
  TwoArrays world;
  ASSERT_TRUE(world.both_are_up());
  ASSERT_EQ(world.create("b", "B1"), "");
  make_formatted(world);
  Comparison comparison;
  comparison.run(world, 2, 16, [&] {
    // Somebody asks for the silent one, too.
    EXPECT_TRUE(world.daemon->get("b").ok());
    for (int i = 0; i < 2; ++i) {
      const DriverReply unknown = world.daemon->get("nonesuch");
      EXPECT_TRUE(has(unknown.err, "cannot tell whether volume nonesuch exists")) << unknown.err;
      EXPECT_LT(unknown.elapsed.count(), 2.0);
      const DriverReply list = world.daemon->call("List");
      EXPECT_TRUE(list.ok());
      EXPECT_LT(list.elapsed.count(), 2.0);
    }
  });
  comparison.report_and_check();
  ASSERT_TRUE(world.wait_until("B1", "up"));
  for (const char* name : {"b", "formatted"}) EXPECT_EQ(world.daemon->remove(name), "");
  world.leaks.check();
}

TEST(Backends, CallsThatHangLeaveThreadsForTheOtherArray) {
  TwoArrays world;
  ASSERT_TRUE(world.both_are_up());
  make_formatted(world);
  Times alone;
  for (int i = 0; i < 10; ++i) use(*world.daemon, "formatted", "v", alone);
  world.sim.set_array_state("B", "hang");
  std::atomic<int> answered = 0;
  std::vector<std::thread> stuck;
  for (int i = 0; i < 100; ++i)
    stuck.emplace_back([&, i] {
      EXPECT_NE(world.create("stuck" + std::to_string(i), "B1"), "");
      ++answered;
    });
  for (int i = 0; i < 40; ++i) stuck.emplace_back([&, i] { world.daemon->get("unknown" + std::to_string(i)); });
  std::this_thread::sleep_for(200ms);
  Times crowded;
  for (int i = 0; i < 10; ++i) {
    use(*world.daemon, "formatted", "v", crowded);
    // Later B counts as lost, and they are told so.
    EXPECT_TRUE(answered == 0 || i > 2) << "they are to be stuck while the others are measured";
  }
  std::printf("p50 and p99 on A: %.1f and %.1f ms alone, %.1f and %.1f ms with 100 calls stuck on B\n",
              alone.percentile(0.5), alone.percentile(0.99), crowded.percentile(0.5), crowded.percentile(0.99));
  EXPECT_LT(crowded.percentile(0.99), std::max(alone.percentile(0.99) * 3, alone.percentile(0.99) + 100));
  world.sim.set_array_state("B", "down");  // so that they end
  for (std::thread& thread : stuck) thread.join();
  world.sim.set_array_state("B", "up");
  ASSERT_TRUE(world.wait_until("B1", "up"));
  std::this_thread::sleep_for(3100ms);  // the next List asks the arrays
  for (const std::string& left : world.daemon->list()) EXPECT_EQ(world.daemon->remove(left), "") << left;
  world.leaks.check();
}

// More calls than one array is given threads for.
TEST(Backends, ACrowdOnAnArrayThatBeginsToHangLeavesTheOtherUsable) {
  TwoArrays world;
  ASSERT_TRUE(world.both_are_up());
  ASSERT_EQ(world.create("listed", "B1"), "");  // so B was listed
  world.sim.set_array_state("B", "hang");
  std::atomic<int> busy = 0;
  std::atomic<int> lost = 0;
  std::vector<std::thread> crowd;
  for (int i = 0; i < 300; ++i)
    crowd.emplace_back([&, i] {
      const std::string error = world.create("crowd" + std::to_string(i), "B1");
      EXPECT_TRUE(has(error, "B1")) << error;
      if (has(error, "(backend B1) is busy: 256 calls wait for it already")) ++busy;
      if (has(error, " does not answer since 20")) ++lost;
    });
  const auto began = std::chrono::steady_clock::now();
  double slowest = 0;
  for (int i = 0; std::chrono::steady_clock::now() - began < 6s; ++i) {
    const auto before = std::chrono::steady_clock::now();
    EXPECT_EQ(world.create("a", "DEFAULT"), "");
    slowest = std::max(slowest, std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count());
    EXPECT_EQ(world.daemon->remove("a"), "");
  }
  EXPECT_LT(slowest, 2.5);
  // Those who only wait for a session end as soon as the array counts as lost.
  const bool most_ended = eventually(60s, [&] { return lost + busy > 250; });
  EXPECT_TRUE(most_ended) << busy << " busy, " << lost << " lost";
  std::printf("slowest Create on A %.2f s; after %.0f s %d of 300 on B were told that it is busy, %d that it is lost\n",
              slowest, std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count(), busy.load(),
              lost.load());
  world.sim.set_array_state("B", "down");  // so that the others end
  for (std::thread& thread : crowd) thread.join();
  world.sim.set_array_state("B", "up");
  ASSERT_TRUE(world.wait_until("B1", "up"));
  std::this_thread::sleep_for(3100ms);  // the next List asks the arrays
  for (const std::string& left : world.daemon->list()) EXPECT_EQ(world.daemon->remove(left), "") << left;
  world.leaks.check();
}

TEST(Backends, LooksBySeveralShareTheirWaitForAnArrayThatBeginsToHang) {
  TwoArrays world;
  ASSERT_TRUE(world.both_are_up());
  ASSERT_EQ(world.create("a", "DEFAULT"), "");
  ASSERT_EQ(world.create("b", "B1"), "");
  std::this_thread::sleep_for(3100ms);  // until List has to ask
  world.sim.set_array_state("B", "hang");
  for (const double bound : {2.0, 1.0}) {  // at the onset; known to be silent
    std::mutex mutex;
    Times a;
    Times others;
    std::vector<std::thread> threads;
    for (int i = 0; i < 100; ++i)
      threads.emplace_back([&, i] {
        const DriverReply reply = i % 4 == 0   ? world.daemon->get("a")
                                  : i % 4 == 1 ? world.daemon->get("b")
                                  : i % 4 == 2 ? world.daemon->call("List")
                                               : world.daemon->get("nonesuch");
        EXPECT_TRUE(reply.ok() || i % 4 == 3) << reply.err;
        const std::lock_guard hold(mutex);
        (i % 4 == 0 ? a : others).add(reply.elapsed.count() * 1000);
      });
    for (std::thread& thread : threads) thread.join();
    std::printf("slowest of 25 Gets on A %.0f ms, of 75 other looks %.0f ms\n", a.percentile(1), others.percentile(1));
    EXPECT_LT(a.percentile(1), bound * 1000 + 500);
    EXPECT_LT(others.percentile(1), bound * 1000 + 500);
  }
  world.sim.set_array_state("B", "up");
  ASSERT_TRUE(world.wait_until("B1", "up"));
  for (const char* name : {"a", "b"}) EXPECT_EQ(world.daemon->remove(name), "");
  world.leaks.check();
}

TEST(Backends, TwoBackendsOnOneArrayShareItsSessionsAndItsIndex) {
  TempDir directory;
  Simulator sim(directory / "sim");
  LeakCheck leaks({directory.path()}, &sim);
  sim.reset_stats();
  DaemonOptions options = options_for(sim);
  options.backends.push_back(options.backends.front());
  options.backends.back().section = "SECOND";
  options.backends.back().cpg = "cpg2";
  Daemon daemon(directory / "h1", options);
  ASSERT_TRUE(eventually(10s, [&] { return daemon.create("v1", kSmall).empty(); }));
  ASSERT_EQ(daemon.create("v2", {{"size", "1"}, {"backend", "SECOND"}}), "");
  EXPECT_EQ(sim.requests()["GET /api/v1/volumes"], 1) << "listed once";
  EXPECT_LE(sim.stats()["arrays"]["A"]["sessions_open"], 2) << "the daemon may ask for itself meanwhile";
  EXPECT_EQ(daemon.admin("/v1/status").json()["arrays"].size(), 1U);
  EXPECT_EQ(daemon.get("v1").json["Volume"]["Status"]["backend"], "DEFAULT");
  EXPECT_EQ(daemon.get("v2").json["Volume"]["Status"]["backend"], "SECOND");
  EXPECT_EQ(daemon.list(), (std::vector<std::string>{"v1", "v2"}));
  for (const char* name : {"v1", "v2"}) EXPECT_EQ(daemon.remove(name), "");
  leaks.check();
}

TEST(Backends, OneNameOnTwoArraysIsShownOnceAndNotTouched) {
  TwoArrays world;
  ASSERT_TRUE(world.both_are_up());
  world.sim.set_array_state("B", "mgmt_down");
  world.daemon->restart();
  ASSERT_TRUE(world.wait_until("DEFAULT", "up"));
  ASSERT_EQ(world.create("v", "DEFAULT"), "") << "with a backend named, nobody else is waited for";
  {  // Another host makes the same name on B, and does not see A.
    world.sim.set_array_state("B", "up");
    world.sim.set_array_state("A", "mgmt_down");
    DaemonOptions other = world.options();
    other.host_name = "h2";
    Daemon second(world.directory / "h2", other);
    ASSERT_EQ(second.create("v", {{"size", "1"}, {"backend", "B1"}}), "");
    world.sim.set_array_state("A", "up");
  }
  ASSERT_TRUE(world.both_are_up());
  std::this_thread::sleep_for(3100ms);  // the next List asks the arrays
  EXPECT_EQ(world.daemon->list(), std::vector<std::string>{"v"});
  EXPECT_TRUE(has(world.daemon->mount("v", "id"), "so it is not known which one is meant; remove the wrong one"));
  const std::string error = world.daemon->remove("v");
  EXPECT_TRUE(has(error, "(backend DEFAULT, array volume dcv-v) and on array ")) << error;
  EXPECT_TRUE(has(error, "(backend B1, array volume dcv-v)")) << error;
  EXPECT_EQ(world.status_of("v")["backend"], "DEFAULT");
  // The wrong one is removed on its array, by a daemon that knows no other.
  DaemonOptions only = world.options();
  only.host_name = "h3";
  only.backends = {only.backends[1]};
  only.backends[0].section = "DEFAULT";
  Daemon administrator(world.directory / "h3", only);
  EXPECT_TRUE(eventually(10s, [&] { return administrator.remove("v").empty(); }));
  EXPECT_EQ(world.daemon->remove("v"), "");
  world.leaks.check();
}

}  // namespace
}  // namespace hpe3par::test
