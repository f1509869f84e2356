#include <gtest/gtest.h>

#include <thread>

#include "hpe3par/base/error.h"
#include "hpe3par/catalog/catalog.h"
#include "tests/fakes/fake_array.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_journal.h"
#include "tests/fakes/wait_until.h"

namespace hpe3par::catalog {
namespace {

using test::FakeArray;
using test::wait_until;

/// The thread of one array, on a clock that stands still: a listing comes because somebody asked for it, never because
/// it is time to try again.
class ArrayCatalogTest : public testing::Test {
 protected:
  ~ArrayCatalogTest() override { catalog.stop(); }

  void fail_first_listing() {
    array->fail_next("list_volumes", FakeArray::When::before_effect, Error(ErrorKind::unavailable, "no answer"));
  }
  void during_first_listing(const std::function<void()>& act) {
    array->set_hook([this, act](const std::string& method) {
      if (method == "list_volumes" && array->requests("list_volumes") == 1) act();
    });
  }

  test::FakeClock clock;
  test::Steps steps;
  test::FakeJournal journal{steps};
  std::shared_ptr<FakeArray> array = std::make_shared<FakeArray>(steps, "A");
  ArrayCatalog catalog{{"A:8080", {"DEFAULT"}, array}, "", journal, clock};
};

TEST_F(ArrayCatalogTest, AWishDuringAListingThatFailsIsServedByTheNext) {
  fail_first_listing();
  during_first_listing([&] { catalog.ask_for_listing(); });
  catalog.start(nullptr, nullptr);
  EXPECT_TRUE(wait_until([&] { return catalog.listed(); }));
  EXPECT_EQ(array->requests("list_volumes"), 2);
}

// The failure is seen before the thread is done with it.
TEST_F(ArrayCatalogTest, AWishOfWhoSawTheFailureIsNotMissed) {
  for (int i = 0; i < 50; ++i) {
    test::FakeJournal empty{steps};
    ArrayCatalog one{{"A:8080", {"DEFAULT"}, array}, "", empty, clock};
    fail_first_listing();
    one.start(nullptr, nullptr);
    while (!one.unlistable()) std::this_thread::yield();
    one.ask_for_listing();
    ASSERT_TRUE(wait_until([&] { return one.listed(); })) << "round " << i;
  }
}

TEST_F(ArrayCatalogTest, AWishDuringAListingThatSucceedsIsServedByIt) {
  during_first_listing([&] { catalog.ask_for_listing(); });
  catalog.start(nullptr, nullptr);
  ASSERT_TRUE(wait_until([&] { return catalog.listed(); }));
  std::this_thread::sleep_for(Millis(30));
  EXPECT_EQ(array->requests("list_volumes"), 1);
}

TEST_F(ArrayCatalogTest, StopsAtOnce) {
  catalog.start(nullptr, nullptr);
  ASSERT_TRUE(wait_until([&] { return catalog.listed(); }));
  const auto began = std::chrono::steady_clock::now();
  catalog.stop();
  EXPECT_LT(std::chrono::steady_clock::now() - began, Millis(150));
}

}  // namespace
}  // namespace hpe3par::catalog
