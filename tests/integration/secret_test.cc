#include "tests/integration/world.h"

namespace hpe3par::test {
namespace {

TEST(Secret, NeitherPasswordNorSessionKeyReachesALogOrAnAnswer) {
  TempDir directory;
  Simulator sim(directory / "sim");
  DaemonOptions options = options_for(sim);
  options.arguments = {"--log-level", "trace"};
  Daemon daemon(directory / "h1", options);
  ASSERT_TRUE(eventually(10s, [&] { return daemon.call("List").ok(); }));
  daemon.create("v1", kSmall);
  daemon.mount("v1", "id1");
  // Errors of every kind, a renewed session, a refused login.
  sim.advance_clock(std::chrono::minutes(20));
  for (const char* kind : {"error", "error_after", "reset", "garbage"}) {
    sim.fault({{"array", "A"}, {"kind", kind}, {"status", 500}, {"code", 1}, {"count", 1}});
    daemon.get("v1");
  }
  daemon.unmount("v1", "id1");
  daemon.remove("v1");
  Backend wrong = Backend::of(sim);
  wrong.password = "wrong-Secret-99";
  daemon.stop();
  daemon.configure("h1", {wrong});
  daemon.start();
  const std::string refused = daemon.create("v2", kSmall);
  EXPECT_NE(refused.find("invalid username or password"), std::string::npos) << refused;
  const std::string everything = daemon.log() + refused + daemon.admin("/v1/status").body;
  EXPECT_EQ(everything.find(sim.options().password), std::string::npos);
  EXPECT_EQ(everything.find("wrong-Secret-99"), std::string::npos);
  EXPECT_EQ(everything.find("SessionKey:"), std::string::npos);
  EXPECT_NE(everything.find("/credentials/…"), std::string::npos)
      << "the log must have seen a session end for this to mean anything";
}

}  // namespace
}  // namespace hpe3par::test
