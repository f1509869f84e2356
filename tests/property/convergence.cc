// The second half of a trial: when nothing fails any more, everything comes to a good end.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "hpe3par_test/eventually.h"
#include "tests/integration/world.h"
#include "tests/property/repair.h"
#include "tests/property/trial.h"

namespace hpe3par::test {
namespace {

constexpr auto kPatience = 90s;

/// Nothing is left to be finished or undone. A Create whose answer was lost is waited for during two minutes, because
/// the array may still carry it out; it has nothing on any array.
bool is_at_rest(const Daemon& daemon) {
  const nlohmann::json status = daemon.admin("/v1/status").json();
  if (!status.is_object() || !status.contains("clean_up")) return false;
  const nlohmann::json& work = status["clean_up"];
  return std::all_of(work.begin(), work.end(), [](const nlohmann::json& each) { return each["state"] == "creating"; });
}

}  // namespace

void PropertyTrial::converge() {
  for (const char* line : {"A up", "B up", "links up", "witness up"})
    if (is_well()) act(line);
  for (const char* act_of_host : {" paths up", " kill", " start"})
    for (const std::string& host : world_.hosts())
      if (is_well()) act(host + act_of_host);
  if (!world_.settle()) complain("the daemons do not use the arrays again");
  if (is_well()) give_back_all();
  if (is_well()) repair_group();
  if (is_well()) expect_rest();
  for (const char* volume : kVolumes)
    if (is_well()) use_up(volume);
  if (is_well()) expect_nothing_left();
}

// An operator failed over to a copy that had no file system yet: that is told, and never made good by formatting.
bool PropertyTrial::is_a_loss(const std::string& line, const Outcome& outcome) {
  const std::string volume = parse_step(line).word(2);
  return has(outcome.err, "is blank now") && ledgers_[volume].allowed().contains(0);
}

bool PropertyTrial::until_done(const std::string& line) {
  Outcome outcome;
  const bool done = eventually(kPatience, [&] {
    outcome = act(line);
    return !is_well() || (outcome.answered && outcome.err.empty()) || is_a_loss(line, outcome);
  });
  if (!done) complain("does not come to an end: " + line + ": " + outcome.err);
  return is_well();
}

void PropertyTrial::give_back_all() {
  for (const std::string& host : world_.hosts())
    for (const char* volume : kVolumes)
      for (const char* id : {"id1", "id2"})
        if (!until_done(host + " unmount " + volume + " " + id)) return;
  if (!eventually(kPatience, [&] { return world_.observe().mounts.empty(); })) complain("a volume stays mounted");
}

void PropertyTrial::repair_group() {
  const bool repaired = eventually(kPatience, [&] {
    now_ = world_.observe();
    const Repair repair = next_repair(now_.at("A").group, now_.at("B").group);
    if (repair.action != 0) act("op " + repair.array + " " + std::to_string(repair.action));
    return repair.done || !is_well();
  });
  if (!repaired)
    complain("the group is not repaired: A " + to_text(now_.at("A").group) + ", B " + to_text(now_.at("B").group));
}

void PropertyTrial::use_up(const std::string& volume) {
  const auto listed = [&] {
    const DriverReply reply = world_.daemon("h1").get(volume);
    return reply.ok();
  };
  if (listed()) {
    for (const std::string& host : world_.hosts()) {
      if (!until_done(host + " mount " + volume + " id1") || !until_done(host + " unmount " + volume + " id1")) return;
    }
    until_done("h1 remove " + volume);
  } else if (kept_.contains(volume)) {
    complain("volume " + volume + " is lost");
  }
}

void PropertyTrial::expect_nothing_left() {
  const std::string left = leaks_.difference(kPatience);
  if (!left.empty()) complain("left behind:" + left);
  expect_rest();
}

void PropertyTrial::expect_rest() {
  for (const std::string& host : world_.hosts())
    if (!eventually(kPatience, [&] { return is_at_rest(world_.daemon(host)); }))
      complain(host + " still has something to do: " + world_.daemon(host).admin("/v1/status").body);
}

}  // namespace hpe3par::test
