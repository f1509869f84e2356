#include "tests/integration/fault_matrix.h"

namespace hpe3par::test {
namespace {

using nlohmann::json;

/// One array with a volume on it; faults here are not told apart by names, so there is one case at a time.
struct Lane {
  Simulator& sim;
  std::filesystem::path directory;
  std::string array;
  std::unique_ptr<Daemon> daemon{};

  DaemonOptions options(const std::string& host) const {
    DaemonOptions options = options_for(sim, host);
    options.backends = {Backend::of(sim, array)};
    options.backends.front().lines = {"create_mount_timeout = 9", "other_timeout = 9"};
    return options;
  }
  json array_status() const { return daemon->admin("/v1/status").json()["arrays"][0]; }
  bool is_up() const {
    const json status = daemon->admin("/v1/status").json();
    return status.is_object() && status.contains("arrays") && status["arrays"][0]["state"] == "up";
  }
  void wait_until_up() const {
    EXPECT_TRUE(eventually(30s, [&] { return is_up(); })) << array_status();
  }
  void start(const std::string& host) {
    daemon.reset();
    daemon = std::make_unique<Daemon>(directory / host, options(host));
  }

  void arm(json fault, int skip, int count) const {
    fault.update({{"array", array}, {"skip", skip}, {"count", count}});
    sim.fault(fault);
  }
  std::vector<std::string> hits() const {
    const json faults = sim.control("GET", "/faults").at("arrays").at(array);
    return faults.empty() ? std::vector<std::string>() : faults.back().at("hits").get<std::vector<std::string>>();
  }
  void clear() const { sim.control("DELETE", "/faults", {{"array", array}}); }
};

class Lanes {
 public:
  using Case = std::function<void(Lane&, const FaultKind&, int request, int count, const std::string& name)>;

  Lanes() {
    for (const std::string& array : arrays()) {
      lanes_.push_back({sim_, directory_.path() / array, array});
      lanes_.back().start("maker");
      lanes_.back().wait_until_up();
      EXPECT_EQ(lanes_.back().daemon->create("keep", kSmall), "");
    }
  }

  Lane& front() { return lanes_.front(); }

  /// Every kind at each of the requests.
  int run(const std::string& what, const std::vector<std::string>& requests, const Case& act) {
    std::vector<std::function<void(int)>> jobs;
    for (const FaultKind& kind : fault_kinds())
      for (const int count : {0, 1})
        for (int i = 0; i < static_cast<int>(requests.size()); ++i) {
          if (count == 0 && !kind.also_until_cleared) continue;
          const std::string where = what + ", request " + std::to_string(i + 1) + " " +
                                    requests[static_cast<std::size_t>(i)] + ", kind " + kind.name +
                                    (count == 0 ? ", until cleared" : "");
          const std::string name = "s" + std::to_string(jobs.size());
          jobs.emplace_back([=, this, &kind, &act](int lane) {
            SCOPED_TRACE(where);
            act(lanes_[static_cast<std::size_t>(lane)], kind, i, count, name);
          });
        }
    run_parallel(jobs, static_cast<int>(lanes_.size()));
    return static_cast<int>(jobs.size());
  }

 private:
  static std::vector<std::string> arrays() { return {"A", "B", "C", "D", "E", "F", "G", "H"}; }

  TempDir directory_;
  Simulator sim_{directory_ / "sim", {.arrays = arrays(), .arguments = {}}};
  std::vector<Lane> lanes_;
};

void expect_known_once(const Lane& lane, const std::string& host) {
  const json objects = lane.sim.objects()["arrays"][lane.array]["hosts"];
  std::vector<json> found;
  for (const json& each : objects)
    if (each.value("name", "") == host) found.push_back(each);
  ASSERT_EQ(found.size(), 1U) << objects;
  // It is logged in at two ports.
  std::set<std::string> initiators;
  for (const json& path : found.front()["iSCSIPaths"]) initiators.insert(path["name"].get<std::string>());
  EXPECT_EQ(initiators, std::set<std::string>{"iqn.2026-01.hpe3par.loop:" + host});
}

// The socket answers at once whatever the array says; as soon as the array talks sense, everything is there.
TEST(FaultAtStart, EachRequestMayFailAndTheNextAttemptFindsEverything) {
  Lanes lanes;
  Lane& first = lanes.front();
  first.daemon.reset();
  first.arm({{"kind", "latency"}, {"delay_ms", 1}}, 0, 0);
  first.start("learner");
  EXPECT_TRUE(eventually(10s, [&] { return first.is_up() && first.hits().size() > 5; }));
  const std::vector<std::string> requests = first.hits();
  first.clear();
  const auto start = [](Lane& lane, const FaultKind& kind, int request, int count, const std::string& name) {
    lane.daemon.reset();  // its farewell is no part of the next start
    lane.arm(kind.fault, request, count);
    lane.start(name);
    EXPECT_TRUE(lane.daemon->call("Capabilities").ok());
    EXPECT_LT(lane.daemon->call("List").elapsed.count(), 2.5);
    EXPECT_TRUE(eventually(10s, [&] { return !lane.hits().empty(); })) << "the fault struck nothing";
    eventually(500ms, [&] { return lane.is_up(); });
    const json status = lane.array_status();
    if (status["state"] == "unreachable" || status["state"] == "refused") {
      show(name, status["reason"]);
      expect_sentence(status["reason"], "array", lane.sim);
    }
    lane.clear();
    lane.wait_until_up();
    EXPECT_TRUE(eventually(10s, [&] { return lane.daemon->list() == std::vector<std::string>{"keep"}; }));
    // A host that could not be made known at the start is made known now.
    EXPECT_EQ(lane.daemon->mount("keep", name), "");
    expect_known_once(lane, name);
    EXPECT_EQ(lane.daemon->unmount("keep", name), "");
  };
  RecordProperty("cases", lanes.run("start", requests, start));
}

// What was listed before stays listed, whatever an array answers to the next listing.
TEST(FaultAtStart, AListingThatMakesNoSenseTakesNoVolumeAway) {
  Lanes lanes;
  const auto list = [](Lane& lane, const FaultKind& kind, int, int count, const std::string&) {
    lane.wait_until_up();
    std::this_thread::sleep_for(3100ms);  // so that List wants to know anew
    lane.arm(kind.fault, 0, count);
    for (int i = 0; i < 2; ++i) {
      const DriverReply reply = lane.daemon->call("List");
      EXPECT_TRUE(reply.ok()) << reply.err;
      EXPECT_LT(reply.elapsed.count(), 2.5);
      EXPECT_EQ(reply.json["Volumes"].size(), 1U) << reply.json;
    }
    EXPECT_FALSE(lane.hits().empty()) << "the fault struck nothing";
    EXPECT_TRUE(lane.daemon->get("keep").ok());
    lane.clear();
    lane.wait_until_up();
    EXPECT_EQ(lane.daemon->list(), std::vector<std::string>{"keep"});
  };
  RecordProperty("cases", lanes.run("list", {"GET /api/v1/volumes"}, list));
}

// The session of a Create has expired, and the login goes wrong.
TEST(FaultAtStart, ALoginInTheMiddleOfAnOperationMayFail) {
  Lanes lanes;
  const auto create = [](Lane& lane, const FaultKind& kind, int, int count, const std::string& name) {
    json fault = kind.fault;
    fault.update({{"method", "POST"}, {"route", "/api/v1/credentials"}});
    std::string err;
    // A login that was refused in the case before is not tried again for some seconds, although the array is up when a
    // second session was open.
    const auto strike = [&] {
      lane.wait_until_up();
      lane.clear();
      lane.arm({{"kind", "error"}, {"status", 403}, {"code", 6}, {"name", "dcv-" + name}}, 0, 1);
      lane.arm(fault, 0, count);
      err = lane.daemon->create(name, kSmall);
      return !lane.hits().empty();
    };
    EXPECT_TRUE(eventually(20s, strike)) << "the fault struck nothing";
    show("login during create, kind " + kind.name, err);
    if (!err.empty()) expect_sentence(err, name, lane.sim);
    lane.clear();
    // A refused login is remembered for some seconds, so that no account is locked.
    EXPECT_TRUE(eventually(20s, [&] { return lane.daemon->create(name, kSmall).empty(); })) << err;
    EXPECT_EQ(lane.daemon->list(), (std::vector<std::string>{"keep", name}));
    EXPECT_EQ(lane.daemon->remove(name), "");
  };
  RecordProperty("cases", lanes.run("login during create", {"POST /api/v1/credentials"}, create));
}

}  // namespace
}  // namespace hpe3par::test
