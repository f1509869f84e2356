#include "exclusive_export.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/fakes/fake_array.h"
#include "tests/fakes/fake_clock.h"

namespace hpe3par::volumes {
namespace {

using config::ConflictPolicy;
using test::FakeArray;

class ExclusiveExportTest : public testing::Test {
 protected:
  ExclusiveExportTest() {
    array.add_volume("dcv-v1", "");
    array.add_host("here", "iqn.here", "10.0.0.7");
    array.add_host("there", "iqn.there", "10.0.0.8");
    array.add_host("yonder", "iqn.yonder", "10.0.0.9");
  }
  ExclusiveExport::Request request(const std::string& host = "here") {
    return {"v1", "uuid", "dcv-v1", host, {"iqn." + host}, policy, delay};
  }
  ExclusiveExport::Result acquire(Millis budget = Millis(110'000), const CancelToken& cancel = {}) {
    return ExclusiveExport(array, memory).acquire(request(), Deadline::after(clock, budget, cancel));
  }
  ErrorKind refused(Millis budget = Millis(110'000), const CancelToken& cancel = {}) {
    try {
      acquire(budget, cancel);
    } catch (const Error& error) {
      sentence = error.what();
      return error.kind();
    }
    ADD_FAILURE() << "nothing was thrown";
    return ErrorKind::internal;
  }
  bool said(const std::string& words) { return sentence.find(words) != std::string::npos; }
  Millis elapsed() { return std::chrono::duration_cast<Millis>(clock.now() - start_); }

  test::FakeClock clock;
  test::Steps steps;
  FakeArray array{steps};
  ConflictMemory memory{clock};
  ConflictPolicy policy = ConflictPolicy::dead;
  Millis delay{30'000};
  std::string sentence;
  SteadyTime start_ = clock.now();
};

TEST_F(ExclusiveExportTest, TakesTwoRequestsWhenNobodyElseIsThere) {
  const auto result = acquire();
  EXPECT_EQ(array.requests(), 2);
  EXPECT_FALSE(result.took_over);
  EXPECT_EQ(result.own.array_host, "here");
  EXPECT_EQ(array.holders("dcv-v1"), std::vector<std::string>{"here"});
}

TEST_F(ExclusiveExportTest, FencesADeadHolderAfterTheDelayOnly) {
  array.add_export("dcv-v1", "there", false);
  Millis fenced_at{0};
  array.set_hook([&](const std::string& method) {
    if (method == "unexport_volume" && array.holders("dcv-v1") == std::vector<std::string>{"there"})
      fenced_at = elapsed();
  });
  EXPECT_TRUE(acquire().took_over);
  EXPECT_EQ(array.holders("dcv-v1"), std::vector<std::string>{"here"});
  EXPECT_GE(fenced_at, delay);
  EXPECT_LT(fenced_at, delay + Millis(10'000));
}

TEST_F(ExclusiveExportTest, DoesNotHoldAnExportWhileItWaits) {
  array.add_export("dcv-v1", "there", false);
  int looks = 0;
  array.set_hook([&](const std::string& method) {
    if (method != "list_exports" || ++looks == 1 || elapsed() > delay) return;
    EXPECT_EQ(array.holders("dcv-v1"), std::vector<std::string>{"there"});
  });
  acquire();
  EXPECT_GT(looks, 20);
}

TEST_F(ExclusiveExportTest, RefusesALiveHolderAndLeavesNothing) {
  array.add_export("dcv-v1", "there", true);
  EXPECT_EQ(refused(), ErrorKind::failed_precondition);
  EXPECT_TRUE(said("volume v1 is not mounted: it is in use by host there, whose paths are logged in")) << sentence;
  EXPECT_EQ(array.holders("dcv-v1"), std::vector<std::string>{"there"});
}

TEST_F(ExclusiveExportTest, GetsTheVolumeWhenTheHolderLetsGo) {
  array.add_export("dcv-v1", "there", true);
  array.set_hook([&](const std::string&) {
    if (elapsed() > Millis(8'000)) array.drop_export("dcv-v1", "there");
  });
  EXPECT_FALSE(acquire().took_over);
  EXPECT_LT(elapsed(), Millis(12'000));
}

TEST_F(ExclusiveExportTest, StartsTheDelayAnewWhenTheHolderChanges) {
  array.add_export("dcv-v1", "there", false);
  Millis changed{0};
  array.set_hook([&](const std::string& method) {
    if (elapsed() > Millis(25'000) && changed == Millis(0)) {
      array.drop_export("dcv-v1", "there");
      array.add_export("dcv-v1", "yonder", false);
      changed = elapsed();
    }
    if (method == "unexport_volume" && array.holders("dcv-v1") == std::vector<std::string>{"yonder"}) {
      EXPECT_GE(elapsed(), changed + delay);
    }
  });
  EXPECT_TRUE(acquire().took_over);
}

TEST_F(ExclusiveExportTest, StartsTheDelayAnewWhenThePathsWereBack) {
  array.add_export("dcv-v1", "there", false);
  Millis back{0};
  array.set_hook([&](const std::string& method) {
    array.set_active("there", elapsed() > Millis(25'000) && elapsed() < Millis(28'000));
    if (elapsed() < Millis(28'000)) back = elapsed();
    if (method == "unexport_volume" && array.holders("dcv-v1") == std::vector<std::string>{"there"}) {
      EXPECT_GE(elapsed(), back + delay - Millis(2'000));
    }
  });
  EXPECT_TRUE(acquire().took_over);
}

TEST_F(ExclusiveExportTest, GoesOnWaitingWhenTheCallIsRepeatedSoon) {
  array.add_export("dcv-v1", "there", false);
  EXPECT_EQ(refused(Millis(25'000)), ErrorKind::failed_precondition);
  EXPECT_TRUE(said("of 30 s for it to let go; retry to go on waiting")) << sentence;
  EXPECT_EQ(array.holders("dcv-v1"), std::vector<std::string>{"there"});
  clock.advance(Millis(60'000));
  EXPECT_TRUE(acquire(Millis(25'000)).took_over);
}

TEST_F(ExclusiveExportTest, DoesNotCountTimeInWhichNobodyLooked) {
  array.add_export("dcv-v1", "there", false);
  EXPECT_EQ(refused(Millis(10'000)), ErrorKind::failed_precondition);
  clock.advance(Millis(100'000));
  EXPECT_EQ(refused(Millis(10'000)), ErrorKind::failed_precondition);
  EXPECT_EQ(array.holders("dcv-v1"), std::vector<std::string>{"there"});
}

TEST_F(ExclusiveExportTest, ForgetsWhatItSawLongAgo) {
  array.add_export("dcv-v1", "there", false);
  EXPECT_EQ(refused(Millis(25'000)), ErrorKind::failed_precondition);
  clock.advance(Millis(3'600'000));
  EXPECT_EQ(refused(Millis(25'000)), ErrorKind::failed_precondition);
  EXPECT_EQ(array.holders("dcv-v1"), std::vector<std::string>{"there"});
}

/// Of a volume that has an export from another array as well.
class ExclusivePairTest : public ExclusiveExportTest {
 protected:
  ExclusivePairTest() {
    other.add_volume("dcv-v1", "");
    for (FakeArray* each : {&array, &other}) each->add_export("dcv-v1", "there", false);
  }
  ExclusiveExport::Result acquire_pair(Millis time = Millis(110'000)) {
    ExclusiveExport::Request request = this->request();
    request.other_array = &other;
    request.other_array_host = "here-too";
    return ExclusiveExport(array, memory).acquire(request, Deadline::after(clock, time));
  }
  ErrorKind kind_of_pair(Millis time) {
    try {
      acquire_pair(time);
    } catch (const Error& error) {
      return error.kind();
    }
    return {};
  }

  FakeArray other{steps, "B"};
};

TEST_F(ExclusivePairTest, FencesADeadHolderOnBothArrays) {
  EXPECT_TRUE(acquire_pair().took_over);
  EXPECT_EQ(array.holders("dcv-v1"), std::vector<std::string>{"here"});
  EXPECT_EQ(other.holders("dcv-v1"), std::vector<std::string>());
}

TEST_F(ExclusivePairTest, SparesAHolderThatHasPathsToTheOtherArray) {
  other.add_host("there", "iqn.there", "10.0.0.8");
  other.set_active("there", true);
  EXPECT_THROW(acquire_pair(), Error);
  EXPECT_EQ(array.holders("dcv-v1"), std::vector<std::string>{"there"});
  EXPECT_EQ(other.holders("dcv-v1"), std::vector<std::string>{"there"});
}

// Its paths to that array may be in order, and so may the way by which the volume gets there.
TEST_F(ExclusivePairTest, SparesAHolderWhosePathsAnArrayDoesNotTell) {
  other.set_silent(true);
  try {
    acquire_pair();
    FAIL() << "it was taken over";
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()),
              "volume v1 is not mounted: it is in use by host there, and array B, which has the volume too, does not "
              "tell whether that host is alive; bring that array back and retry, or stop the container there, or, if "
              "the host is gone for good, remove its exports on both arrays");
  }
  EXPECT_EQ(array.holders("dcv-v1"), std::vector<std::string>{"there"});
  other.set_silent(false);
  EXPECT_EQ(kind_of_pair(Millis(20'000)), ErrorKind::failed_precondition) << "it was not seen to be dead before";
  EXPECT_TRUE(acquire_pair().took_over);
}

TEST_F(ExclusivePairTest, FencesAHolderWhosePathsAnArrayDoesNotTellUnderAlways) {
  policy = ConflictPolicy::always;
  other.set_silent(true);
  EXPECT_TRUE(acquire_pair().took_over);
  EXPECT_EQ(other.holders("dcv-v1"), std::vector<std::string>{"there"});
}

TEST_F(ExclusivePairTest, SparesAHolderIfTheOtherArrayIsKnownToLive) {
  ExclusiveExport::Request request = this->request();
  request.unseen = "B";
  EXPECT_THROW(ExclusiveExport(array, memory).acquire(request, Deadline::after(clock, Millis(110'000))), Error);
  request.unseen.clear();
  EXPECT_TRUE(ExclusiveExport(array, memory).acquire(request, Deadline::after(clock, Millis(110'000))).took_over);
}

TEST_F(ExclusiveExportTest, NeverFencesUnderRefuse) {
  policy = ConflictPolicy::refuse;
  array.add_export("dcv-v1", "there", false);
  EXPECT_EQ(refused(), ErrorKind::failed_precondition);
  EXPECT_TRUE(said("did not let go within 30 s")) << sentence;
  EXPECT_EQ(array.holders("dcv-v1"), std::vector<std::string>{"there"});
}

TEST_F(ExclusiveExportTest, FencesALiveHolderUnderAlwaysAfterTheDelay) {
  policy = ConflictPolicy::always;
  array.add_export("dcv-v1", "there", true);
  EXPECT_TRUE(acquire().took_over);
  EXPECT_GE(elapsed(), delay);
}

TEST_F(ExclusiveExportTest, NeverFencesAHostSetOrAPort) {
  policy = ConflictPolicy::always;
  for (const auto kind : {array::ExportKind::host_set, array::ExportKind::port, array::ExportKind::matched_set}) {
    array.add_export("dcv-v1", "set:cluster", false, kind);
    EXPECT_EQ(refused(), ErrorKind::failed_precondition);
    EXPECT_TRUE(said("never takes away")) << sentence;
    EXPECT_EQ(array.holders("dcv-v1"), std::vector<std::string>{"set:cluster"});
    array.drop_export("dcv-v1", "set:cluster");
  }
}

TEST_F(ExclusiveExportTest, NeverFencesForACallerWhoHungUp) {
  delay = Millis(0);
  array.add_export("dcv-v1", "there", false);
  std::atomic<bool> gone = false;
  array.set_hook([&](const std::string& method) {
    if (method == "unexport_volume") gone = true;  // it withdraws, and then thinks
  });
  refused(Millis(110'000), CancelToken([&] { return gone.load(); }));
  EXPECT_EQ(array.requests("unexport_volume"), 1);  // our own
  EXPECT_EQ(array.holders("dcv-v1"), std::vector<std::string>{"there"});
}

TEST_F(ExclusiveExportTest, NeverFencesWithTooLittleTimeLeft) {
  delay = Millis(0);
  array.add_export("dcv-v1", "there", false);
  EXPECT_EQ(refused(Millis(4'000)), ErrorKind::failed_precondition);
  EXPECT_TRUE(said("too little time is left")) << sentence;
  EXPECT_EQ(array.holders("dcv-v1"), std::vector<std::string>{"there"});
}

TEST_F(ExclusiveExportTest, AdoptsAnExportThatIsOurs) {
  array.add_export("dcv-v1", "here", true);
  EXPECT_EQ(acquire().own.array_host, "here");
}

TEST_F(ExclusiveExportTest, LeavesAnExportToAnotherMachineOfOurNameAlone) {
  array.add_host("here", "iqn.here", "10.0.0.99");
  array.add_export("dcv-v1", "here", true);
  EXPECT_THROW(acquire(), NotOurs);
  EXPECT_EQ(array.holders("dcv-v1"), std::vector<std::string>{"here"});
}

TEST_F(ExclusiveExportTest, TrustsNoLookWithoutItsOwnExport) {
  int looks = 0;
  array.set_hook([&](const std::string& method) {
    if (method == "list_exports" && ++looks <= 3) array.drop_export("dcv-v1", "here");
  });
  acquire();
  EXPECT_EQ(looks, 4);
}

TEST_F(ExclusiveExportTest, GivesUpWhenItsExportVanishesAsOftenAsItIsMade) {
  array.set_hook([&](const std::string& method) {
    if (method == "list_exports") array.drop_export("dcv-v1", "here");
  });
  EXPECT_EQ(refused(), ErrorKind::aborted);
  EXPECT_TRUE(said("vanishes as often as it is made")) << sentence;
}

TEST_F(ExclusiveExportTest, StopsWaitingWhenTheArrayFallsSilent) {
  array.add_export("dcv-v1", "there", false);
  array.set_hook([&](const std::string&) { array.set_silent(elapsed() > Millis(10'000)); });
  EXPECT_EQ(refused(), ErrorKind::unavailable);
}

TEST(ExclusiveExportRace, HasAtMostOneWinner) {
  SystemClock clock;
  for (int round = 0; round < 2; ++round) {
    test::Steps steps;
    FakeArray array{steps};
    array.add_volume("dcv-v1", "");
    std::atomic<int> winners = 0;
    std::vector<std::thread> hosts;
    for (const std::string name : {"here", "there", "yonder"}) {
      array.add_host(name, "iqn." + name, "10.0.0.7");
      hosts.emplace_back([&, name] {
        ConflictMemory memory(clock);
        try {
          ExclusiveExport(array, memory)
              .acquire({"v1", "uuid", "dcv-v1", name, {"iqn." + name}, ConflictPolicy::dead, Millis(600'000)},
                       Deadline::after(clock, Millis(6'500)));
          ++winners;
        } catch (const Error&) {
        }
      });
    }
    for (std::thread& each : hosts) each.join();
    EXPECT_LE(winners, 1);
    EXPECT_EQ(array.holders("dcv-v1").size(), static_cast<std::size_t>(winners));
  }
}

}  // namespace
}  // namespace hpe3par::volumes
