#include <functional>

#include "tests/integration/world.h"

namespace hpe3par::test {
namespace {

using nlohmann::json;

/// The first pin that a sentence names.
std::string pin_in(const std::string& text) {
  const std::size_t at = text.find("sha256//");
  return at == std::string::npos ? "" : text.substr(at, 52);
}

/// A simulated array that speaks TLS, and daemons on it.
struct TlsWorld {
  TlsWorld() : sim(directory / "sim", with_tls()), leaks({directory.path()}, &sim) {}

  static SimulatorOptions with_tls() {
    SimulatorOptions options;
    options.arguments = {"--tls"};
    return options;
  }
  std::filesystem::path ca_file() const { return directory / "sim" / "arrays" / "ca.pem"; }
  std::string trust() const { return "hpe3par_ca_file = " + ca_file().string(); }

  /// A daemon of its own with these lines in hpe.conf.
  Daemon& start(const std::vector<std::string>& lines) {
    DaemonOptions options = options_for(sim, "h1", lines);
    std::string& url = options.backends.front().api_url;
    url = "https" + url.substr(url.find(':'));
    daemon.emplace(directory / ("d" + std::to_string(++started)), options);
    return *daemon;
  }
  void play(const json& behaviour) { sim.control("POST", "/behaviour", behaviour); }

  /// What Create says with these lines; empty if it works.
  std::string refusal(const std::vector<std::string>& lines) {
    Daemon& made = start(lines);
    std::string error = made.create("v", kSmall);
    EXPECT_FALSE(has(error, sim.options().password)) << error;
    const std::string removed = error.empty() ? made.remove("v") : "";
    EXPECT_EQ(removed, "");
    return error;
  }

  TempDir directory;
  Simulator sim;
  LeakCheck leaks;
  std::optional<Daemon> daemon;
  int started = 0;
};

TEST(Tls, EachFaultHasItsOwnSentenceAndItsRemedy) {
  TlsWorld world;
  const std::string trust = world.trust();
  struct Row {
    json behaviour;
    std::string line;
    std::string sentence;
    bool shows_pin;
  };
  const std::vector<Row> rows = {
      {{{"certificate", "good"}}, trust, "", false},
      {{{"certificate", "good"}}, "", "its certificate is from an authority that is not known to this host", true},
      {{{"certificate", "wrong_name"}}, trust, "for another name (elsewhere.example.com); write the right name", true},
      {{{"certificate", "expired"}}, trust, "has expired, by the clock of this host; renew it on the array", true},
      {{{"certificate", "self_signed"}}, "", "it shows a self-signed certificate", true},
      {{{"certificate", "good"}, {"tls_max", "1.1"}}, trust, "it has no TLS 1.2 or later", false},
  };
  for (const Row& row : rows) {
    world.play(row.behaviour);
    const std::string error = world.refusal({row.line});
    EXPECT_TRUE(row.sentence.empty() ? error.empty() : has(error, row.sentence)) << row.behaviour << error;
    if (!row.shows_pin) continue;
    // Pinning is one copy away.
    EXPECT_TRUE(has(error, "hpe3par_tls_pin = sha256//")) << error;
    EXPECT_EQ(world.refusal({"hpe3par_tls_pin = " + pin_in(error)}), "") << row.behaviour;
  }
  world.leaks.check();
}

TEST(Tls, PlainHttpToAPortThatSpeaksTlsIsNamed) {
  TlsWorld world;
  Daemon plain(world.directory / "plain", options_for(world.sim));
  const std::string error = plain.create("v", kSmall);
  EXPECT_TRUE(has(error, "; if the array speaks TLS there, write https:// in hpe3par_api_url")) << error;
}

TEST(Tls, AnotherKeyThanThePinnedIsRefusedAndShown) {
  TlsWorld world;
  const std::string wrong = "sha256//" + std::string(43, 'A') + "=";
  const std::string error = world.refusal({"hpe3par_tls_pin = " + wrong});
  EXPECT_TRUE(has(error, "its key is not the one that hpe3par_tls_pin names")) << error;
  const std::string seen = pin_in(error);
  Daemon& daemon = world.start({"hpe3par_tls_pin = " + seen});
  EXPECT_EQ(daemon.create("v", kSmall), "");
  // The array gets another key while the daemon runs.
  world.play({{"certificate", "other_key"}});
  EXPECT_TRUE(eventually(10s, [&] { return has(daemon.remove("v"), "its key is not the one"); }));
  world.play({{"certificate", "good"}});
  EXPECT_TRUE(eventually(30s, [&] { return daemon.remove("v").empty(); }));
  world.leaks.check();
}

TEST(Tls, UnverifiedWorksAndIsLoud) {
  TlsWorld world;
  world.play({{"certificate", "expired"}});
  EXPECT_EQ(world.refusal({"hpe3par_tls_verify = false"}), "");
  const std::string log = world.daemon->log();
  EXPECT_TRUE(has(log, "hpe3par_tls_verify = false, so anybody on the network can pose as the array")) << log;
  world.leaks.check();
}

TEST(Tls, AMissingCaFileIsNamedAndUsedAsSoonAsItIsThere) {
  TlsWorld world;
  const std::filesystem::path file = world.directory / "later.pem";
  Daemon& daemon = world.start({"hpe3par_ca_file = " + file.string()});
  const auto refused = [&](const std::string& reason) {
    const std::string error = daemon.create("v", kSmall);
    return has(error, "cannot read the CA file " + file.string() + " that hpe3par_ca_file names: " + reason);
  };
  EXPECT_TRUE(refused("No such file or directory")) << daemon.create("v", kSmall);
  write_file(file, "this is no certificate\n");
  EXPECT_TRUE(eventually(30s, [&] { return refused("it holds no certificate in PEM form"); }));
  EXPECT_TRUE(daemon.call_raw("Plugin.Activate", "").ok());
  write_file(file, read_file(world.ca_file()));
  EXPECT_TRUE(eventually(30s, [&] { return daemon.create("v", kSmall).empty(); }));
  EXPECT_EQ(daemon.remove("v"), "");
  world.leaks.check();
}

TEST(Tls, OnlyTheFirstHandshakeIsAFullOne) {
  TlsWorld world;
  Daemon& daemon = world.start({world.trust()});
  ASSERT_TRUE(eventually(10s, [&] { return daemon.create("v", kSmall).empty(); }));
  world.sim.reset_stats();
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(daemon.mount("v", "id"), "");
    EXPECT_EQ(daemon.unmount("v", "id"), "");
  }
  const json stats = world.sim.stats()["arrays"]["A"];
  EXPECT_GE(stats["total"], 40);
  EXPECT_EQ(stats["tls_resumed"], stats["total"]) << stats;
  EXPECT_EQ(daemon.remove("v"), "");
  world.leaks.check();
}

}  // namespace
}  // namespace hpe3par::test
