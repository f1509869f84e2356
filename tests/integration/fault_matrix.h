#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/integration/world.h"

namespace hpe3par::test {

/// One way in which an array's answer can go wrong.
struct FaultKind {
  std::string name;
  nlohmann::json fault;
  bool also_until_cleared = false;  ///< not once only
  /// What it answers cannot be told from success. @param refused what the array would have said
  bool looks_like_success(const std::string& request, bool refused) const {
    return request.starts_with("DELETE ") && (name == "empty" || (refused && name == "empty_after"));
  }
};

const std::vector<FaultKind>& fault_kinds();

/// Repeats an act that had too little time, because so many cases at once can outlast their short budgets on a machine
/// that does other things as well, or that met what a child of the daemon still holds before its exec. @return its last
/// Err
std::string patiently(const std::function<std::string()>& act);

/// Its own among the volumes of all cases: a name that is part of no other name.
class CaseVolume {
 public:
  CaseVolume(Daemon& ours, Daemon& other_host, Simulator& sim, std::string name)
      : daemon(ours), other(other_host), sim_(sim), name_(std::move(name)) {}

  const std::string& name() const { return name_; }
  std::string array_name() const { return "dcv-" + name_; }

  /// These fail the test when they fail.
  void create(const DriverOptions& options = kSmall) const {
    EXPECT_EQ(patiently([&] { return daemon.create(name_, options); }), "");
  }
  void mount(const std::string& id = "id1") const {
    EXPECT_EQ(patiently([&] { return daemon.mount(name_, id); }), "");
  }
  void unmount(const std::string& id = "id1") const {
    EXPECT_EQ(patiently([&] { return daemon.unmount(name_, id); }), "");
  }
  void remove() const {
    EXPECT_EQ(patiently([&] { return daemon.remove(name_); }), "");
  }
  void write() const;
  void expect_written() const;

  bool mounted() const { return daemon.path(name_).has_value(); }

  /// How many objects of this volume the array has: "volumes=1 vluns=1 formatted", the last being its mark; and in how
  /// many volume sets it is, if it is in any, with those among them that cache on flash.
  std::string objects() const;
  /// Waits for it up to ten seconds, because undoing may go on in the background.
  void expect_objects(const std::string& wanted) const;
  void expect_nothing_left() const;

  Daemon& daemon;
  Daemon& other;  ///< of another host

 private:
  Simulator& sim_;
  std::string name_;
};

constexpr const char* kNothing = "volumes=0 vluns=0";
constexpr const char* kCreated = "volumes=1 vluns=0";
constexpr const char* kMounted = "volumes=1 vluns=1 formatted";
constexpr const char* kUsed = "volumes=1 vluns=0 formatted";  // was mounted before
constexpr const char* kInSets = "volumes=1 vluns=0 sets=2 flash=1";

/// A volume set with a QoS rule, on every bench.
constexpr const char* kQosSet = "gold";

/// One operation of the matrix: a row of the table.
struct Operation {
  using Step = std::function<void(const CaseVolume&)>;

  std::string name;
  std::function<void(const CaseVolume&)> prepare;
  /// Runs it. @return Err
  std::function<std::string(const CaseVolume&)> act;
  /// Expectations after a success.
  Step succeeded;
  /// Expectations after an error, with the fault still there or used up; null: none.
  Step failed{};
  /// Down to nothing.
  Step finish = [](const CaseVolume& volume) { volume.remove(); };
  /// An error is never right: there is an answer without the array.
  bool always_succeeds = false;
  /// One case at a time for each daemon: what it asks depends on whether others got answers from the array.
  bool alone = false;
  /// Not every request has the volume's name in it, so that faults strike any request; only with `alone`.
  bool any_request = false;
  /// A look, for which an array that was silent a moment ago is not asked: its own thread finds out when it is back.
  bool looks = false;
  /// The array says no to the first request when nothing goes wrong.
  bool first_is_refused = false;
};

std::ostream& operator<<(std::ostream& out, const Operation& operation);

/// To read what a person would see: HPE3PAR_SHOW_ERRORS=1 in the environment prints it.
void show(const std::string& where, const std::string& err);

/// What a person sees must be one sentence about the volume or the array.
void expect_sentence(const std::string& err, const std::string& volume, const Simulator& sim);

/// An array, the daemon on trial, and one of another host.
class Bench {
 public:
  explicit Bench(const Operation& operation);

  /// The requests that the operation sends when nothing goes wrong, in order: "POST /api/v1/vluns".
  std::vector<std::string> learn_requests();

  struct Case {
    int index = 0;  ///< of the request
    std::string request;
    const FaultKind* kind = nullptr;
    bool until_cleared = false;  ///< else once
    std::string volume;
  };
  /// The operation with a fault; again without it, when it must succeed; then nothing may be left.
  void run(const Case& trial);

  void check_leaks();

 private:
  CaseVolume volume(const std::string& name) { return {daemon_, other_, sim_, name}; }
  void wait_until_up();
  void act_with_fault(const CaseVolume& volume, const std::string& where);
  void go_on_without_fault(const CaseVolume& volume, bool had_succeeded);
  /// What the faults of this case are told apart by.
  std::string fault_name(const CaseVolume& volume) const;
  std::vector<std::string> hits(const CaseVolume& volume);

  const Operation& operation_;
  TempDir directory_;
  Simulator sim_;
  LeakCheck leaks_;
  Daemon daemon_;
  Daemon other_;
};

/// Runs an operation with each fault at each of its requests, once and until cleared, many cases at a time: faults are
/// told apart by the volume's name.
/// @return how many cases
int run_matrix(const Operation& operation);

/// Does all jobs, those first in the list first, on so many threads, each of which gets its number.
void run_parallel(const std::vector<std::function<void(int)>>& jobs, int threads);

}  // namespace hpe3par::test
