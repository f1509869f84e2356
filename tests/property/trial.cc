#include "tests/property/trial.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>

#include "hpe3par_test/eventually.h"
#include "tests/integration/world.h"

namespace hpe3par::test {
namespace {

bool is_call(const Step& step) {
  const std::string& verb = step.word(1);
  return step.word(0).starts_with("h") && verb != "write" && verb != "kill" && verb != "start" && verb != "crash" &&
         verb != "paths";
}

bool ends_a_daemon(const Step& step) {
  return step.word(1) == "kill" || step.word(1) == "crash";
}

std::string text_of(const Outcome& outcome) {
  if (outcome.write)
    return "wrote " + std::to_string(outcome.write->number) + (outcome.write->acknowledged ? "" : ", for nobody");
  if (outcome.shown) return "shows " + std::to_string(*outcome.shown);
  if (outcome.accepted) return "accepted";
  if (outcome.called && !outcome.answered) return "no answer";
  return outcome.called && outcome.err.empty() ? "done" : outcome.err;
}

std::string text_of(const Ledger::Numbers& numbers) {
  std::string text;
  for (const int number : numbers) text += (text.empty() ? "" : ", ") + std::to_string(number);
  return text;
}

bool anything_silent(const Observation& now, const std::vector<std::string>& hosts) {
  for (const char* array : kBoth)
    for (const std::string& host : hosts)
      if (now.is_silent(array, host)) return true;
  return false;
}

}  // namespace

PropertyTrial::PropertyTrial(const Plan& plan)
    : plan_(plan),
      world_(plan),
      leaks_({world_.directory()}, &world_.sim()),
      now_(world_.observe()),
      exclusivity_(plan.fences_dead) {}

void PropertyTrial::add(const Findings& findings) {
  verdict_.findings.insert(verdict_.findings.end(), findings.begin(), findings.end());
}

Verdict PropertyTrial::run() {
  try {
    for (std::size_t at = 0; at < plan_.steps.size() && is_well();) {
      Steps steps = {plan_.steps[at++]};
      if (steps.front().together && at < plan_.steps.size()) steps.push_back(plan_.steps[at++]);
      verdict_.steps += static_cast<int>(steps.size());
      act(steps);
    }
    if (is_well()) converge();
  } catch (const std::exception& error) {
    complain(std::string("the trial itself failed: ") + error.what());
  }
  for (const std::string& host : world_.hosts()) {
    const std::string log = world_.daemon(host).log();
    if (log.find(world_.sim().options().password) != std::string::npos) complain("a log has the password");
    if (!is_well()) verdict_.logs += "---- log of " + host + "\n" + last_lines(log, 400) + "\n";
  }
  return verdict_;
}

PropertyTrial::Outcomes PropertyTrial::act(const Steps& steps) {
  const Observation before = now_;
  Outcomes outcomes(steps.size());
  std::vector<std::string> trouble(steps.size());
  std::vector<std::thread> threads;
  for (std::size_t at = 0; at < steps.size(); ++at)
    threads.emplace_back([&, at] {
      try {
        outcomes[at] = world_.carry_out(steps[at], ownership_.owner());
      } catch (const std::exception& error) {
        trouble[at] = error.what();
      }
    });
  for (std::thread& thread : threads) thread.join();
  now_ = world_.observe();
  record(now_, steps, outcomes);
  for (const std::string& each : trouble)
    if (!each.empty()) complain("a step could not be carried out: " + each);
  judge(before, now_, steps, outcomes);
  return outcomes;
}

void PropertyTrial::record(const Observation& now, const Steps& steps, const Outcomes& outcomes) {
  for (std::size_t at = 0; at < steps.size(); ++at)
    verdict_.history += "  " + to_text(steps[at]) + "  -> " + text_of(outcomes[at]) + "\n";
  verdict_.history += "      A " + to_text(now.at("A").group) + " | B " + to_text(now.at("B").group);
  for (const HostMount& mount : now.mounts)
    verdict_.history += "  " + mount.host + ":" + mount.volume + "@" + std::to_string(mount.inode);
  for (const char* array : kBoth)
    for (const auto& [name, copy] : now.at(array).volumes) {
      verdict_.history += std::string("  ") + array + ":" + name + "@" + std::to_string(copy.inode);
      for (const std::string& host : copy.hosts) verdict_.history += "+" + host;
    }
  for (const char* array : kBoth)
    for (const std::string& host : now.at(array).cut_off) verdict_.history += "  " + host + "|" + array;
  verdict_.history += "\n";
}

void PropertyTrial::judge(const Observation& before, const Observation& now, const Steps& steps,
                          const Outcomes& outcomes) {
  const bool ends = std::any_of(steps.begin(), steps.end(), ends_a_daemon);
  const std::set<std::string> known_before = known_;
  for (std::size_t at = 0; at < steps.size(); ++at)
    if (is_call(steps[at]) && outcomes[at].called) remember_call(steps[at], outcomes[at]);
  for (std::size_t at = 0; at < steps.size(); ++at)
    if (is_call(steps[at]) && outcomes[at].called) judge_call(steps[at], outcomes[at], known_before, ends);
  ownership_.observe(now);
  judge_data(before, now, steps, outcomes);
  for (std::size_t at = 0; at < steps.size(); ++at)
    if (outcomes[at].shown) exclusivity_.begin_anew(steps[at].word(0), steps[at].word(2));
  add(exclusivity_.check(before, now, ownership_.ever_changed()));
  for (const HostMount& fenced : exclusivity_.fenced()) {
    verdict_.history += "      " + fenced.host + " lost " + fenced.volume + ", for being dead\n";
    if (!world_.shut_down(fenced)) exclusivity_.spoil(fenced.volume);
  }
  const bool excused =
      ownership_.ever_changed() && (anything_silent(before, world_.hosts()) || anything_silent(now, world_.hosts()));
  add(copies_.check(world_.sim().control("GET", "/invariants"), excused));
}

void PropertyTrial::judge_call(const Step& step, const Outcome& outcome, const std::set<std::string>& known_before,
                               bool may_be_lost) {
  const std::string& volume = step.word(2);
  if (!outcome.answered) {
    // Its connections end a moment before the process does.
    const auto ends_too = [&] { return !world_.daemon(step.word(0)).process().running(); };
    if (!may_be_lost && !eventually(std::chrono::seconds(2), ends_too))
      complain("a call got no answer: " + outcome.err);
    return;
  }
  if (outcome.err.empty()) return;
  add(check_refusal(outcome.err, volume, world_.sim().options().password));
  const std::string known = step.word(0) + " " + volume;
  const bool has_it = kept_.contains(volume) && known_before.contains(known) && known_.contains(known);
  if (step.word(1) == "get" && has_it) complain("a volume that is there is not shown: " + outcome.err);
}

void PropertyTrial::remember_call(const Step& step, const Outcome& outcome) {
  const std::string& verb = step.word(1);
  const std::string& volume = step.word(2);
  const bool done = outcome.answered && outcome.err.empty();
  if (verb == "remove") {
    kept_.erase(volume);
    may_change_.insert(volume);
    for (const std::string& host : world_.hosts()) known_.erase(host + " " + volume);
  } else if (verb == "create") {
    if (done) kept_.insert(volume);
    if (!kept_.contains(volume)) may_change_.insert(volume);
  }
  if (done && kept_.contains(volume) && (verb == "create" || verb == "mount" || verb == "get"))
    known_.insert(step.word(0) + " " + volume);
}

// A volume that was promised stays what it is until somebody tries to remove it.
void PropertyTrial::identify(const Observation& now, const std::string& volume) {
  Ledger& ledger = ledgers_[volume];
  std::string uuid;
  for (const char* array : kBoth) {
    const auto copy = now.at(array).volumes.find(volume);
    if (uuid.empty() && copy != now.at(array).volumes.end()) uuid = copy->second.uuid;
  }
  if (uuid == ledger.uuid()) return;
  if (!ledger.uuid().empty() && !may_change_.contains(volume))
    complain("volume " + volume + (uuid.empty() ? " is gone" : " is another one now"));
  if (!uuid.empty()) ledger.begin(uuid);
}

void PropertyTrial::judge_data(const Observation& before, const Observation& now, const Steps& steps,
                               const Outcomes& outcomes) {
  for (const char* volume : kVolumes) {
    allowed_before_[volume] = ledgers_[volume].allowed();
    identify(now, volume);
    ledgers_[volume].observe(before, now, volume);
    if (kept_.contains(volume)) may_change_.erase(volume);
  }
  std::map<int, Outcome::Write> writes;  // in the order in which they were made
  for (const Outcome& each : outcomes)
    if (each.write) writes[each.write->number] = *each.write;
  for (const auto& [number, write] : writes)
    ledgers_[write.mount.volume].write(number, write.mount.inode, write.acknowledged, steps.size() == 1);
  for (std::size_t at = 0; at < steps.size(); ++at) {
    if (!outcomes[at].accepted || steps[at].word(2) != "7") continue;
    for (const auto& [volume, copy] : now.at(steps[at].word(1)).volumes) ledgers_[volume].take_over(copy.inode);
  }
  for (std::size_t at = 0; at < steps.size(); ++at)
    if (outcomes[at].shown) judge_shown(before, now, steps[at], outcomes[at], steps.size() == 1);
}

void PropertyTrial::judge_shown(const Observation& before, const Observation& now, const Step& step,
                                const Outcome& outcome, bool alone) {
  const std::string& host = step.word(0);
  const std::string& volume = step.word(2);
  const Ledger& ledger = ledgers_[volume];
  const HostMount* const mount = now.find_mount(host, volume);
  if (mount == nullptr) return;  // gone again: something else happened at the same time
  if (exclusivity_.is_spoiled(volume)) return;
  Ledger::Numbers allowed = ledger.allowed();
  allowed.insert(allowed_before_[volume].begin(), allowed_before_[volume].end());
  const bool owner_is_silent = before.is_silent(ownership_.owner(), host) || now.is_silent(ownership_.owner(), host);
  // Both are told in docs/replication.md: what a daemon does not remember, and a volume that is mounted already.
  const bool is_shared = before.find_mount(host, volume) != nullptr;
  if (owner_is_silent && (plan_.peer_serves || is_shared)) {
    const Ledger::Numbers old = ledger.held_by(mount->inode);
    allowed.insert(old.begin(), old.end());
  }
  const auto copy = now.at(ownership_.owner()).volumes.find(volume);
  const bool is_the_copy = copy != now.at(ownership_.owner()).volumes.end() && copy->second.inode == mount->inode;
  if (alone && !is_the_copy && !(owner_is_silent && (plan_.peer_serves || is_shared)))
    complain("a mount of " + volume + " on " + host + " is not of the data that count, those of array " +
             ownership_.owner());
  if (!allowed.contains(*outcome.shown))
    complain("a mount of " + volume + " on " + host + " shows " + std::to_string(*outcome.shown) + " instead of " +
             text_of(allowed) + "; the data are those of array " + ownership_.owner());
}

}  // namespace hpe3par::test
