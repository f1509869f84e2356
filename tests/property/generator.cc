#include "tests/property/generator.h"

#include <array>
#include <map>
#include <random>
#include <set>
#include <tuple>

namespace hpe3par::test {
namespace {

constexpr int kFewestSteps = 10;
constexpr int kMostSteps = 26;

// Before and after what changes an array or this host; all of them stand in --list-crash-points.
constexpr std::array kCrashPoints = {"create.journaled",
                                     "create.posted",
                                     "create.admitted",
                                     "create.copy_recorded",
                                     "remove.group_journaled",
                                     "remove.left",
                                     "remove.deleted",
                                     "mount.format_marked",
                                     "mount.formatted",
                                     "unmount.second_unexported",
                                     "mount.export_journaled",
                                     "mount.exported",
                                     "mount.second_journaled",
                                     "mount.second_exported",
                                     "mount.attached",
                                     "mount.mounted",
                                     "mount.recorded",
                                     "unmount.journaled",
                                     "unmount.unmounted",
                                     "unmount.detached",
                                     "unmount.unexport_journaled",
                                     "unmount.unexported",
                                     "pair.first_aside",
                                     "pair.changed_over"};

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  Plan run() {
    plan_.persistent = one_in(2);
    plan_.peer_serves = !one_in(3);
    plan_.fences_dead = one_in(2);
    has_third_ = one_in(4);
    plan_.mirrored = !plan_.persistent && one_in(4);
    make("h1", "v1");
    if (one_in(3)) make("h2", "v2");
    if (!one_in(6)) use("h1", "v1");
    const int count = kFewestSteps + below(kMostSteps - kFewestSteps);
    while (static_cast<int>(plan_.steps.size()) < count) add_any();
    plan_.steps.back().together = false;
    return std::move(plan_);
  }

 private:
  // Not std::uniform_int_distribution: it differs from library to library.
  int below(int limit) { return static_cast<int>(random_() % static_cast<std::uint64_t>(limit)); }
  bool one_in(int chances) { return below(chances) == 0; }
  std::string any_host() { return has_third_ && one_in(4) ? "h3" : one_in(2) ? "h1" : "h2"; }
  std::string other_than(const std::string& host) {
    if (has_third_ && host != "h3" && one_in(3)) return "h3";
    return host == "h1" ? "h2" : "h1";
  }
  std::string host() {
    const std::string who = any_host();
    return dead_.contains(who) && !one_in(4) ? other_than(who) : who;
  }
  std::string array() { return one_in(3) ? "B" : "A"; }
  std::string volume() { return one_in(3) && (made_.contains("v2") || one_in(8)) ? "v2" : "v1"; }
  std::string id() { return one_in(4) ? "id2" : "id1"; }

  void add(const std::string& line) { plan_.steps.push_back(parse_step(line)); }

  void add_any() {
    const std::size_t before = plan_.steps.size();
    const int what = below(100);
    if (what < 48)
      call();
    else if (what < 64)
      fail_or_return();
    else if (what < 82)
      operate();
    else if (what < 94)
      kill_or_start();
    else
      add("clock " + std::to_string(one_in(2) ? 20 : 400));
    // Of the first of several only: the rest may rely on it.
    if (plan_.steps.size() == before + 1 && one_in(6)) plan_.steps.back().together = true;
  }

  void call() {
    const std::string who = host();
    const std::string name = volume();
    const int what = below(20);
    if (what < 7) return use(who, name);
    if (what < 12) return give_back();
    if (what < 15) return add(who + " write " + name);
    if (what < 17) return make(who, made_.contains("v2") ? name : "v2");
    if (what < 18) return add(who + " remove " + name);
    add(who + (what < 19 ? " get " + name : " list"));
  }

  void make(const std::string& who, const std::string& name) {
    add(who + " create " + name);
    made_.insert(name);
  }

  void use(const std::string& who, const std::string& name) {
    add(who + " mount " + name + " " + id());
    users_.insert({who, name});
    if (!one_in(3)) add(who + " write " + name);
  }

  void give_back() {
    if (users_.empty()) return use(host(), volume());
    const auto [who, name] = any_user();
    add(who + " unmount " + name + " id1");
    if (one_in(3)) add(who + " unmount " + name + " id2");
    users_.erase({who, name});
    if (one_in(2)) use(other_than(who), name);
  }

  std::pair<std::string, std::string> any_user() {
    auto user = users_.begin();
    std::advance(user, below(static_cast<int>(users_.size())));
    return *user;
  }

  void fail_or_return() {
    if (!broken_.empty() && one_in(2)) {
      const std::string way_back = broken_.begin()->second;
      broken_.erase(broken_.begin());
      add(way_back);
      if (one_in(2)) add("settle");
      return;
    }
    const std::string where = array();
    const int what = below(20);
    if (one_in(4)) return lose_paths();
    if (what < 9) return break_it(where, where + " down", where + " up");
    if (what < 12) return break_it(where, where + " mgmt_down", where + " up");
    if (what < 13) return break_it(where, where + " hang", where + " up");
    if (what < 16) return break_it("links", "links down", "links up");
    if (what < 17) return break_it("links", one_in(2) ? "links 1 down" : "links 2 down", "links up");
    if (what < 19) return break_it("witness", "witness " + where + " down", "witness up");
    break_it("witness", "witness down", "witness up");
  }

  // Somebody who uses a volume, if there is one, and then somebody else wants it.
  void lose_paths() {
    std::string who = any_host();
    std::string name = volume();
    if (!users_.empty() && !one_in(4)) std::tie(who, name) = any_user();
    const std::string only = one_in(4) ? array() + " " : "";
    break_it(who, who + " paths " + only + "down", who + " paths up");
    if (one_in(3)) return;
    use(other_than(who), name);
    if (one_in(3)) use(other_than(who), name);
    if (one_in(3)) return;
    broken_.erase(who);
    add(who + " paths up");
    if (one_in(2)) add(who + " write " + name);
  }

  void break_it(const std::string& what, const std::string& line, const std::string& way_back) {
    add(line);
    broken_[what] = way_back;
  }

  void operate() {
    const int what = below(20);
    if (what < 6) return fail_over();
    if (what < 9) return add("op B 9");
    if (what < 12) return add("op B 10");
    if (what < 14) return add("op A 3");
    if (what < 17) return add("op " + array() + " 8");
    constexpr std::array kRare = {"3", "4", "7", "9", "10", "11"};
    add("op " + array() + " " + kRare.at(static_cast<std::size_t>(below(kRare.size()))));
  }

  void fail_over() {
    if (!one_in(3)) add(one_in(3) ? "op B 4" : "op A 4");
    add("op B 7");
  }

  void kill_or_start() {
    const std::string who = any_host();
    if (dead_.erase(who) != 0) return add(who + " start");
    if (one_in(2)) {
      add(who + " kill");
      if (one_in(2)) return add(who + " start");
      dead_.insert(who);
      return;
    }
    crash(who);
  }

  // In the middle of the next call, if that gets there.
  void crash(const std::string& who) {
    const std::string point = kCrashPoints.at(static_cast<std::size_t>(below(kCrashPoints.size())));
    add(who + " crash " + point);
    const std::string name = volume();
    if (point.starts_with("create"))
      make(who, made_.contains("v2") ? name : "v2");
    else if (point.starts_with("remove"))
      add(who + " remove " + name);
    else if (point.starts_with("mount"))
      add(who + " mount " + name + " " + id());
    else
      add(who + " unmount " + name + " id1");
    if (one_in(2)) return add(who + " start");
    dead_.insert(who);
  }

  Plan plan_;
  bool has_third_ = false;
  std::mt19937_64 random_;
  std::set<std::pair<std::string, std::string>> users_;
  std::set<std::string> dead_;
  std::set<std::string> made_;
  std::map<std::string, std::string> broken_;  ///< what, and the step that repairs it
};

}  // namespace

Plan generate(std::uint64_t seed) {
  return Generator(seed).run();
}

}  // namespace hpe3par::test
