#include "session_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <map>
#include <set>
#include <thread>

#include "tests/fakes/fake_clock.h"

namespace hpe3par::wsapi {
namespace {

using test::FakeClock;

Attempt failure(Verdict verdict, ErrorKind kind, const char* text) {
  return {verdict, true, {}, Error(kind, text)};
}

class FakeDoor final : public Door {
 public:
  Attempt log_in(Secret& session, const Deadline&) override {
    ++logins;
    const int running = ++running_;
    most_running = std::max(most_running.load(), running);
    if (delay > Millis::zero()) std::this_thread::sleep_for(delay);
    Attempt attempt = answer ? answer() : Attempt{Verdict::done, true, {}, std::nullopt};
    if (attempt.verdict == Verdict::done) session = Secret("k" + std::to_string(++keys_));
    --running_;
    return attempt;
  }
  void log_out(const Secret& session, const Deadline&) override { closed.push_back(session.reveal()); }
  std::optional<Error> why_lost() const override {
    if (!lost) return std::nullopt;
    return Error(ErrorKind::unavailable, "lost");
  }

  std::function<Attempt()> answer;
  Millis delay{0};
  std::atomic<int> logins{0};
  std::atomic<int> most_running{0};
  std::vector<std::string> closed;
  std::atomic<bool> lost{false};

 private:
  std::atomic<int> running_{0};
  std::atomic<int> keys_{0};
};

std::string key_of(const SessionPool::Acquired& acquired) {
  return std::get<SessionPool::Lease>(acquired).key().reveal();
}

class Pool : public testing::Test {
 protected:
  Deadline in(int ms) { return Deadline::after(clock, Millis(ms)); }
  FakeClock clock;
  FakeDoor door;
  SessionPool pool{door, clock, 3};
};

TEST_F(Pool, OpensASessionOnlyWhenNoneIsIdle) {
  { const auto first = pool.acquire(in(1000)); }
  {
    const auto again = pool.acquire(in(1000));
    EXPECT_EQ(key_of(again), "k1");
  }
  const auto a = pool.acquire(in(1000));
  const auto b = pool.acquire(in(1000));
  EXPECT_EQ(key_of(b), "k2");
  EXPECT_EQ(pool.open(), 2);
  EXPECT_EQ(door.logins, 2);
}

TEST_F(Pool, GivesUpWhenAllAreOnLoanAndTimeIsOver) {
  const auto a = pool.acquire(in(1000));
  const auto b = pool.acquire(in(1000));
  const auto c = pool.acquire(in(1000));
  const auto d = pool.acquire(in(0));
  const auto& attempt = std::get<Attempt>(d);
  EXPECT_EQ(attempt.verdict, Verdict::over);
  EXPECT_EQ(attempt.error->kind(), ErrorKind::deadline_exceeded);
  EXPECT_EQ(door.logins, 3);
}

TEST_F(Pool, NobodyWaitsForALostArrayButWhoNeedNotWaitMayTry) {
  SystemClock real;
  SessionPool slow(door, real, 1);
  std::optional<SessionPool::Acquired> held(slow.acquire(Deadline::after(real, Millis(1'000))));
  std::thread other([&] {
    std::this_thread::sleep_for(Millis(100));
    door.lost = true;
  });
  const auto began = real.now();
  const auto none = slow.acquire(Deadline::after(real, Millis(60'000)));
  other.join();
  EXPECT_LT(real.now() - began, Millis(5'000));
  EXPECT_EQ(std::get<Attempt>(none).error->kind(), ErrorKind::unavailable);
  EXPECT_FALSE(std::get<Attempt>(none).sent);
  held.reset();
  EXPECT_EQ(key_of(slow.acquire(Deadline::after(real, Millis(1'000)))), "k1");
}

TEST_F(Pool, ACancelledCallerIsTold) {
  const auto a = pool.acquire(Deadline::after(clock, Millis(1000), CancelToken([] { return true; })));
  EXPECT_EQ(std::get<Attempt>(a).error->kind(), ErrorKind::aborted);
  EXPECT_EQ(door.logins, 0);
}

TEST_F(Pool, RemembersARefusalForFiveSeconds) {
  door.answer = [] { return failure(Verdict::denied, ErrorKind::unauthenticated, "wrong password"); };
  for (int i = 0; i < 10; ++i) {
    const auto refused = pool.acquire(in(1000));
    EXPECT_EQ(std::get<Attempt>(refused).error->kind(), ErrorKind::unauthenticated);
  }
  EXPECT_EQ(door.logins, 1);
  clock.advance(Millis(5'001));
  door.answer = nullptr;
  EXPECT_EQ(key_of(pool.acquire(in(1000))), "k1");
}

TEST_F(Pool, AnotherFailureIsNotRemembered) {
  door.answer = [] { return failure(Verdict::failed, ErrorKind::unavailable, "refused"); };
  EXPECT_EQ(std::get<Attempt>(pool.acquire(in(1000))).verdict, Verdict::failed);
  door.answer = nullptr;
  EXPECT_EQ(key_of(pool.acquire(in(1000))), "k1");
}

TEST_F(Pool, WhoRunsOutOfTimeLearnsWhyThereIsNoSession) {
  door.answer = [] { return failure(Verdict::failed, ErrorKind::unavailable, "refused"); };
  pool.acquire(in(1000));
  const Attempt late = std::get<Attempt>(pool.acquire(in(0)));
  EXPECT_EQ(late.error->kind(), ErrorKind::deadline_exceeded);
  EXPECT_EQ(std::string(late.error->what()), "refused");
}

TEST_F(Pool, AFreshSessionIsNotOneOfTheOldOnes) {
  {
    const auto a = pool.acquire(in(1000));
    const auto b = pool.acquire(in(1000));
  }
  auto a = pool.acquire(in(1000));
  std::get<SessionPool::Lease>(a).forget();
  EXPECT_EQ(pool.open(), 1);
  EXPECT_EQ(key_of(pool.acquire_fresh(in(1000))), "k3");
}

TEST_F(Pool, ShrinksToOneAfterAMinute) {
  {
    const auto a = pool.acquire(in(1000));
    const auto b = pool.acquire(in(1000));
    const auto c = pool.acquire(in(1000));
  }
  clock.advance(Millis(59'000));
  pool.close_idle(false, in(1000));
  EXPECT_EQ(pool.open(), 3);
  clock.advance(Millis(2'000));
  pool.close_idle(false, in(1000));
  EXPECT_EQ(pool.open(), 1);
  EXPECT_EQ(door.closed.size(), 2U);
  pool.close_idle(true, in(1000));
  EXPECT_EQ(pool.open(), 0);
}

TEST_F(Pool, BusyAtLoginEndsAsNoSession) {
  SystemClock real;
  SessionPool slow(door, real, 3);
  door.answer = [] { return failure(Verdict::busy, ErrorKind::resource_exhausted, "array A: no session"); };
  const auto none = slow.acquire(Deadline::after(real, Millis(700)));
  EXPECT_EQ(std::get<Attempt>(none).error->kind(), ErrorKind::resource_exhausted);
  EXPECT_GE(door.logins, 2);
  EXPECT_LE(door.logins, 7);
}

TEST_F(Pool, BusyAtLoginTakesASessionThatBecomesFree) {
  SystemClock real;
  SessionPool slow(door, real, 3);
  std::optional<SessionPool::Acquired> held(slow.acquire(Deadline::after(real, Millis(1000))));
  door.answer = [] { return failure(Verdict::busy, ErrorKind::resource_exhausted, "no session"); };
  std::thread other([&] {
    std::this_thread::sleep_for(Millis(100));
    held.reset();
  });
  const auto got = slow.acquire(Deadline::after(real, Millis(5000)));
  other.join();
  EXPECT_EQ(key_of(got), "k1");
}

TEST(PoolThreads, ShareAllSessionsAndNeverOneAtATime) {
  SystemClock clock;
  FakeDoor door;
  door.delay = Millis(5);
  SessionPool pool(door, clock, 4);
  std::mutex mutex;
  std::map<std::string, int> used;
  std::atomic<int> twice{0};
  std::vector<std::thread> threads;
  std::set<std::string> out;
  for (int i = 0; i < 32; ++i) {
    threads.emplace_back([&] {
      const auto acquired = pool.acquire(Deadline::after(clock, Millis(10'000)));
      const std::string key = key_of(acquired);
      {
        const std::lock_guard lock(mutex);
        ++used[key];
        if (!out.insert(key).second) ++twice;
      }
      std::this_thread::sleep_for(Millis(20));
      const std::lock_guard lock(mutex);
      out.erase(key);
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(twice, 0);
  EXPECT_EQ(used.size(), 4U);
  EXPECT_EQ(door.logins, 4);
}

TEST(PoolThreads, ThirtyWithAWrongPasswordSendOneLogin) {
  SystemClock clock;
  FakeDoor door;
  door.delay = Millis(20);
  door.answer = [] { return failure(Verdict::denied, ErrorKind::unauthenticated, "wrong password"); };
  SessionPool pool(door, clock, 4);
  std::atomic<int> refused{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 30; ++i) {
    threads.emplace_back([&] {
      const auto acquired = pool.acquire(Deadline::after(clock, Millis(5'000)));
      const auto* attempt = std::get_if<Attempt>(&acquired);
      if (attempt != nullptr && attempt->verdict == Verdict::denied) ++refused;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(refused, 30);
  EXPECT_EQ(door.logins, 1);
}

}  // namespace
}  // namespace hpe3par::wsapi
