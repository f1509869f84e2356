#include "sessions.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "clock.h"
#include "errors.h"

namespace hpe3par::sim {
namespace {

class SessionsTest : public testing::Test {
 protected:
  bool accepts(const std::string& key, const std::string& client = "10.0.0.1") {
    return static_cast<bool>(sessions_.take_turn(key, client));
  }

  SystemClock system_clock_;
  MovableClock clock_{system_clock_};
  Sessions sessions_{clock_};
};

TEST_F(SessionsTest, AcceptAKeyUntilItIsClosed) {
  const std::string key = sessions_.open("10.0.0.1");
  EXPECT_TRUE(accepts(key));
  sessions_.close(key, "10.0.0.1");
  EXPECT_FALSE(accepts(key));
  EXPECT_THROW(sessions_.close(key, "10.0.0.1"), Refusal);
}

TEST_F(SessionsTest, BelongToTheAddressThatLoggedIn) {
  const std::string key = sessions_.open("10.0.0.1");
  EXPECT_FALSE(accepts(key, "10.0.0.2"));
  EXPECT_THROW(sessions_.close(key, "10.0.0.2"), Refusal);
  EXPECT_TRUE(accepts(key));
}

TEST_F(SessionsTest, EndAfterFifteenIdleMinutes) {
  const std::string key = sessions_.open("10.0.0.1");
  clock_.advance(Sessions::kIdleTime - std::chrono::seconds(10));
  EXPECT_TRUE(accepts(key));
  clock_.advance(Sessions::kIdleTime - std::chrono::seconds(10));
  EXPECT_TRUE(accepts(key)) << "using it starts the time anew";
  clock_.advance(Sessions::kIdleTime);
  EXPECT_EQ(sessions_.count(), 0U);
  EXPECT_FALSE(accepts(key));
}

TEST_F(SessionsTest, AreLimited) {
  for (std::size_t i = 0; i < Sessions::kLimit; ++i) sessions_.open("10.0.0.1");
  try {
    sessions_.open("10.0.0.1");
    FAIL();
  } catch (const Refusal& refusal) {
    EXPECT_EQ(status_of(refusal.code()), 503);
    EXPECT_EQ(wire_number(refusal.code()), 29);
    EXPECT_NE(refusal.desc().find("Maximum number of WSAPI connections reached"), std::string::npos);
  }
  clock_.advance(Sessions::kIdleTime);
  EXPECT_NO_THROW(sessions_.open("10.0.0.1"));
}

TEST_F(SessionsTest, RememberTheirPeak) {
  const std::string key = sessions_.open("10.0.0.1");
  sessions_.open("10.0.0.1");
  sessions_.close(key, "10.0.0.1");
  EXPECT_EQ(sessions_.count(), 1U);
  EXPECT_EQ(sessions_.peak(), 2U);
  sessions_.reset_peak();
  EXPECT_EQ(sessions_.peak(), 1U);
}

TEST_F(SessionsTest, ServeOneRequestPerKeyAtATime) {
  const std::string key = sessions_.open("10.0.0.1");
  const std::string other = sessions_.open("10.0.0.1");
  std::atomic<bool> second_came = false;
  std::future<void> second;
  {
    const Sessions::Turn first = sessions_.take_turn(key, "10.0.0.1");
    second = std::async(std::launch::async, [&] {
      const Sessions::Turn turn = sessions_.take_turn(key, "10.0.0.1");
      second_came = true;
    });
    EXPECT_TRUE(accepts(other)) << "other sessions do not wait";
    EXPECT_EQ(second.wait_for(std::chrono::milliseconds(30)), std::future_status::timeout);
    EXPECT_FALSE(second_came);
  }
  second.get();
  EXPECT_TRUE(second_came);
}

TEST_F(SessionsTest, GiveNoTurnInASessionClosedDuringTheWait) {
  const std::string key = sessions_.open("10.0.0.1");
  std::future<bool> second;
  {
    const Sessions::Turn first = sessions_.take_turn(key, "10.0.0.1");
    second = std::async(std::launch::async, [&] { return accepts(key); });
    EXPECT_EQ(second.wait_for(std::chrono::milliseconds(30)), std::future_status::timeout);
    sessions_.close(key, "10.0.0.1");
  }
  EXPECT_FALSE(second.get());
}

}  // namespace
}  // namespace hpe3par::sim
