#include "tests/integration/fault_matrix.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <thread>

namespace hpe3par::test {
namespace {

using nlohmann::json;
using Seconds = std::chrono::duration<double>;

// Long enough that after a silence (three fifths of it, at least 5 s) there is time for a look.
constexpr int kBudgetSeconds = 9;
constexpr Seconds kUndoing{9};  // a Mount or Create that failed is undone before it is answered
constexpr int kThreads = 32;
constexpr int kBenches = 6;

const std::vector<std::string> kConfiguration = {"create_mount_timeout = " + std::to_string(kBudgetSeconds),
                                                 "other_timeout = " + std::to_string(kBudgetSeconds),
                                                 "wsapi_sessions = " + std::to_string(kThreads)};

int count_of(const json& list, const char* member, const std::string& value) {
  return static_cast<int>(
      std::count_if(list.begin(), list.end(), [&](const json& object) { return object.value(member, "") == value; }));
}

/// " sets=2 flash=1"
std::string sets_of(const json& sets, const std::string& member) {
  int all = 0;
  int flash = 0;
  for (const json& set : sets) {
    const json& members = set.at("setmembers");
    if (std::find(members.begin(), members.end(), member) == members.end()) continue;
    ++all;
    if (set.at("flashCachePolicy") == 1) ++flash;
  }
  return all == 0 ? "" : " sets=" + std::to_string(all) + " flash=" + std::to_string(flash);
}

void expect_in_budget(Seconds took) {
  EXPECT_LT(took.count(), kBudgetSeconds + kUndoing.count()) << "seconds";
}

}  // namespace

const std::vector<FaultKind>& fault_kinds() {
  static const std::vector<FaultKind> kinds = {
      {"hang", {{"kind", "hang"}}, true},
      {"hang_after", {{"kind", "hang_after"}}, true},
      {"error 500", {{"kind", "error"}}, true},
      {"error_after 500", {{"kind", "error_after"}}, true},
      {"error 503", {{"kind", "error"}, {"status", 503}}, true},
      {"error_after 503", {{"kind", "error_after"}, {"status", 503}}},
      {"error 403-6", {{"kind", "error"}, {"status", 403}, {"code", 6}}, true},
      {"error_after 403-6", {{"kind", "error_after"}, {"status", 403}, {"code", 6}}},
      {"error 403-13", {{"kind", "error"}, {"status", 403}, {"code", 13}}, true},
      {"reset", {{"kind", "reset"}}},
      {"reset_after", {{"kind", "reset_after"}}, true},
      {"garbage", {{"kind", "garbage"}}, true},
      {"html", {{"kind", "html"}}, true},
      {"html_after", {{"kind", "html_after"}}},
      {"html 201", {{"kind", "html"}, {"status", 201}}},
      {"html 403", {{"kind", "html"}, {"status", 403}}},
      {"html 404", {{"kind", "html"}, {"status", 404}}},
      {"empty", {{"kind", "empty"}}, true},
      {"empty 201", {{"kind", "empty"}, {"status", 201}}},
      {"empty 404", {{"kind", "empty"}, {"status", 404}}},
      {"empty_after", {{"kind", "empty_after"}}, true},
      {"wrong_shape", {{"kind", "wrong_shape"}}, true},
      {"wrong_shape []", {{"kind", "wrong_shape"}, {"body", "[]"}}},
      {"wrong_shape {}", {{"kind", "wrong_shape"}, {"body", "{}"}}},
      {"wrong_shape null", {{"kind", "wrong_shape"}, {"body", "null"}}},
      {"wrong_shape of another volume",
       {{"kind", "wrong_shape"},
        {"body", R"({"name":"dcv-x","wwn":"60002AC000000000000000010002DEF6","sizeMiB":1024})"}}},
      {"wrong_shape_after", {{"kind", "wrong_shape_after"}}, true}};
  return kinds;
}

std::string patiently(const std::function<std::string()>& act) {
  std::string err;
  eventually(60s, [&] {
    err = act();
    return err.find("no time left") == std::string::npos && err.find("no answer within") == std::string::npos &&
           err.find(" is busy: ") == std::string::npos && err.find("has not told yet which array") == std::string::npos;
  });
  return err;
}

// ---- one volume ----

void CaseVolume::write() const {
  const auto path = daemon.path(name_);
  ASSERT_TRUE(path) << name_ << " is not mounted";
  write_file(*path / "file", "data of " + name_);
}

void CaseVolume::expect_written() const {
  const auto path = daemon.path(name_);
  ASSERT_TRUE(path) << name_ << " is not mounted";
  EXPECT_EQ(read_file(*path / "file"), "data of " + name_);
}

std::string CaseVolume::objects() const {
  const json objects = sim_.objects()["arrays"]["A"];
  std::string marks;
  for (const json& key : objects["objectkeys"])
    if (key.dump().find('"' + array_name() + '"') != std::string::npos) {
      const std::string value = key.value("value", "");
      marks += " " + value.substr(0, value.find(':'));
    }
  return "volumes=" + std::to_string(count_of(objects["volumes"], "name", array_name())) +
         " vluns=" + std::to_string(count_of(objects["vluns"], "volumeName", array_name())) + marks +
         sets_of(objects["volumesets"], array_name());
}

void CaseVolume::expect_objects(const std::string& wanted) const {
  std::string found;
  const bool seen = eventually(10s, [&] {
    found = objects();
    if (found != wanted) std::this_thread::sleep_for(100ms);  // many ask for all objects at once
    return found == wanted;
  });
  EXPECT_TRUE(seen) << "the array has " << found << " instead of " << wanted;
}

void CaseVolume::expect_nothing_left() const {
  expect_objects(kNothing);
  EXPECT_FALSE(mounted());
}

// ---- the matrix ----

std::ostream& operator<<(std::ostream& out, const Operation& operation) {
  return out << operation.name;
}

void show(const std::string& where, const std::string& err) {
  static const bool wanted = std::getenv("HPE3PAR_SHOW_ERRORS") != nullptr;
  if (wanted) std::cerr << (where + "\n    " + (err.empty() ? "ok" : err) + "\n");
}

void expect_sentence(const std::string& err, const std::string& volume, const Simulator& sim) {
  EXPECT_LE(err.size(), 1024U);
  EXPECT_EQ(err.find('\n'), std::string::npos);
  EXPECT_TRUE(err.find(volume) != std::string::npos || err.find("array") != std::string::npos);
  EXPECT_GT(std::count(err.begin(), err.end(), ' '), 4);
  for (const std::string& never : {sim.options().password, std::string("<")})
    EXPECT_EQ(err.find(never), std::string::npos) << never;
}

void run_parallel(const std::vector<std::function<void(int)>>& jobs, int threads) {
  std::atomic<std::size_t> next = 0;
  std::vector<std::thread> workers;
  for (int number = 0; number < threads; ++number)
    workers.emplace_back([&, number] {
      for (std::size_t job = next++; job < jobs.size(); job = next++) jobs[job](number);
    });
  for (std::thread& worker : workers) worker.join();
}

Bench::Bench(const Operation& operation)
    : operation_(operation),
      sim_(directory_ / "sim"),
      leaks_({directory_.path()}, &sim_),
      daemon_(directory_ / "h1", options_for(sim_, "h1", kConfiguration)),
      other_(directory_ / "h2", options_for(sim_, "h2", kConfiguration)) {
  make_qos_set(sim_, kQosSet);
  make_flash_cache(sim_);
  wait_until_up();
}

void Bench::wait_until_up() {
  for (const Daemon* daemon : {&daemon_, &other_})
    EXPECT_TRUE(eventually(20s, [&] { return daemon->admin("/v1/status").body.find("\"up\"") != std::string::npos; }));
}

void Bench::check_leaks() {
  remove_qos_set(sim_, kQosSet);
  leaks_.check();
}

std::string Bench::fault_name(const CaseVolume& volume) const {
  return operation_.any_request ? "" : volume.array_name();
}

std::vector<std::string> Bench::hits(const CaseVolume& volume) {
  const json report = sim_.control("GET", "/faults");
  for (const json& fault : report.at("arrays").at("A"))
    if (fault.at("name") == fault_name(volume)) return fault.at("hits").get<std::vector<std::string>>();
  return {};
}

std::vector<std::string> Bench::learn_requests() {
  const CaseVolume volume = this->volume("c00000");
  operation_.prepare(volume);
  sim_.fault({{"array", "A"}, {"name", fault_name(volume)}, {"kind", "latency"}, {"delay_ms", 1}, {"count", 0}});
  EXPECT_EQ(operation_.act(volume), "");
  std::vector<std::string> requests = hits(volume);
  sim_.clear_faults();
  go_on_without_fault(volume, true);
  EXPECT_FALSE(requests.empty()) << "the operation asks the array nothing";
  return requests;
}

void Bench::run(const Case& trial) {
  const std::string where = operation_.name + ", request " + std::to_string(trial.index + 1) + " " + trial.request +
                            ", kind " + trial.kind->name + (trial.until_cleared ? ", until cleared" : "") +
                            ", volume " + trial.volume;
  SCOPED_TRACE(where);
  if (operation_.alone) wait_until_up();
  const CaseVolume volume = this->volume(trial.volume);
  operation_.prepare(volume);
  json fault = trial.kind->fault;
  fault.update(
      {{"array", "A"}, {"name", fault_name(volume)}, {"skip", trial.index}, {"count", trial.until_cleared ? 0 : 1}});
  sim_.fault(fault);
  act_with_fault(volume, where);
}

void Bench::act_with_fault(const CaseVolume& volume, const std::string& where) {
  const auto begin = std::chrono::steady_clock::now();
  const std::string err = operation_.act(volume);
  expect_in_budget(std::chrono::steady_clock::now() - begin);
  show(where, err);
  SCOPED_TRACE(err.empty() ? "it had succeeded" : "its Err: " + err);
  EXPECT_FALSE(hits(volume).empty()) << "the fault struck nothing";
  if (!err.empty()) {
    EXPECT_FALSE(operation_.always_succeeds);
    expect_sentence(err, volume.name(), sim_);
    if (operation_.failed) operation_.failed(volume);
  }
  sim_.control("DELETE", "/faults", {{"name", fault_name(volume)}});
  go_on_without_fault(volume, err.empty());
}

void Bench::go_on_without_fault(const CaseVolume& volume, bool had_succeeded) {
  if (had_succeeded) operation_.succeeded(volume);
  std::string err = patiently([&] { return operation_.act(volume); });
  if (!err.empty() && operation_.looks) eventually(5s, [&] { return (err = operation_.act(volume)).empty(); });
  EXPECT_EQ(err, "") << (had_succeeded ? "repeated" : "retried");
  operation_.succeeded(volume);
  operation_.finish(volume);
  volume.expect_nothing_left();
}

int run_matrix(const Operation& operation) {
  std::vector<std::unique_ptr<Bench>> benches;
  for (int i = 0; i < (operation.alone ? kBenches : 1); ++i) benches.push_back(std::make_unique<Bench>(operation));
  const std::vector<std::string> requests = benches.front()->learn_requests();
  std::vector<std::function<void(int)>> jobs;
  int number = 10000;
  // Kinds that make wait come first in their table, so that the others run meanwhile.
  for (const FaultKind& kind : fault_kinds())
    for (const bool until_cleared : {true, false})
      for (std::size_t i = 0; i < requests.size(); ++i) {
        const bool refused = operation.first_is_refused && i == 0;
        if (kind.looks_like_success(requests[i], refused) || (until_cleared && !kind.also_until_cleared)) continue;
        const Bench::Case trial{static_cast<int>(i), requests[i], &kind, until_cleared, "c" + std::to_string(number++)};
        jobs.emplace_back(
            [&benches, trial](int worker) { benches[static_cast<std::size_t>(worker) % benches.size()]->run(trial); });
      }
  run_parallel(jobs, operation.alone ? kBenches : kThreads);
  for (const auto& bench : benches) bench->check_leaks();
  return static_cast<int>(jobs.size());
}

}  // namespace hpe3par::test
