#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "hpe3par_test/leak_check.h"
#include "tests/property/ledger.h"
#include "tests/property/rules.h"
#include "tests/property/world.h"

namespace hpe3par::test {

/// What a plan came to.
struct Verdict {
  Findings findings{};    ///< of the first step that has any; empty: nothing is wrong
  int steps = 0;          ///< those that were carried out
  std::string history{};  ///< each step, its outcome, and the group on both arrays after it
  std::string logs{};     ///< the ends of both daemons' logs, if something is wrong

  bool failed() const { return !findings.empty(); }
};

/// Carries out a plan in a world of its own, looks after each step whether all is well, then lets everything come back,
/// repairs the group as an operator would, and looks whether everything can be used, removed, and is gone.
class PropertyTrial {
 public:
  explicit PropertyTrial(const Plan& plan);
  Verdict run();

 private:
  using Outcomes = std::vector<Outcome>;
  using Steps = std::vector<Step>;

  bool is_well() const { return verdict_.findings.empty(); }
  void complain(const std::string& what) { verdict_.findings.push_back(what); }
  void add(const Findings& findings);

  /// All of them at the same time.
  Outcomes act(const Steps& steps);
  Outcome act(const std::string& line) { return act(Steps{parse_step(line)}).front(); }

  void judge(const Observation& before, const Observation& now, const Steps& steps, const Outcomes& outcomes);
  void judge_data(const Observation& before, const Observation& now, const Steps& steps, const Outcomes& outcomes);
  void judge_shown(const Observation& before, const Observation& now, const Step& step, const Outcome& outcome,
                   bool alone);
  void judge_call(const Step& step, const Outcome& outcome, const std::set<std::string>& known_before,
                  bool may_be_lost);
  void identify(const Observation& now, const std::string& volume);
  void remember_call(const Step& step, const Outcome& outcome);
  void record(const Observation& now, const Steps& steps, const Outcomes& outcomes);

  void converge();
  void give_back_all();
  void repair_group();
  void use_up(const std::string& volume);
  void expect_nothing_left();
  void expect_rest();
  bool until_done(const std::string& line);
  bool is_a_loss(const std::string& line, const Outcome& outcome);

  Plan plan_;
  PropertyWorld world_;
  LeakCheck leaks_;
  Verdict verdict_;
  Observation now_;
  Ownership ownership_;
  Exclusivity exclusivity_;
  Copies copies_;
  std::map<std::string, Ledger> ledgers_;
  std::map<std::string, Ledger::Numbers> allowed_before_;
  std::set<std::string> kept_;        ///< volumes whose Create succeeded, and that nobody tried to remove
  std::set<std::string> may_change_;  ///< volumes that may be removed, or be made anew, now or in the background
  std::set<std::string> known_;       ///< "h1 v1": the host has seen this volume
};

}  // namespace hpe3par::test
