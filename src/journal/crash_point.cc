#include "hpe3par/journal/crash_point.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdlib>

#include "crash_plan.h"
#include "hpe3par/base/error.h"

namespace hpe3par::journal {
namespace {

bool is_known(std::string_view name) {
  const auto& names = crash_points();
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string allowed_names() {
  std::string list;
  for (const auto name : crash_points()) list += (list.empty() ? "" : ", ") + std::string(name);
  return list;
}

const CrashPlan& environment_plan() {
  static const CrashPlan plan = [] {
    const char* text = std::getenv("HPE3PARD_CRASH_AT");
    return parse_crash_plan(text == nullptr ? "" : text);
  }();
  return plan;
}

}  // namespace

const std::vector<std::string_view>& crash_points() {
  static const std::vector<std::string_view> names = {
      "create.journaled",
      "create.posted",
      "create.joined",
      "create.admitted",
      "create.copy_recorded",
      "create.finished",
      "create.recorded",
      "remove.sets_journaled",
      "remove.left",
      "remove.deleted",
      "remove.group_journaled",
      "remove.detached",
      "remove.primary_deleted",
      "remove.forgotten",
      "mount.export_journaled",
      "mount.exported",
      "mount.looked",
      "mount.second_journaled",
      "mount.second_exported",
      "mount.attach_journaled",
      "mount.attached",
      "mount.format_journaled",
      "mount.format_marked",
      "mount.formatted",
      "mount.ownership_set",
      "mount.mount_journaled",
      "mount.formatted_marked",
      "mount.mounted",
      "mount.recorded",
      "mount.answering",
      "mount.confirmed",
      "unmount.journaled",
      "unmount.unmounted",
      "unmount.detach_journaled",
      "unmount.detached",
      "unmount.unexport_journaled",
      "unmount.second_journaled",
      "unmount.second_unexported",
      "unmount.unexported",
      "unmount.erased",
      "pair.first_aside",
      "pair.changed_over",
      "sweep.adopted",
  };
  return names;
}

CrashPlan parse_crash_plan(std::string_view text) {
  if (text.empty()) return {};
  CrashPlan plan;
  const auto colon = text.find(':');
  plan.name = std::string(text.substr(0, colon));
  if (!is_known(plan.name)) {
    throw Error(ErrorKind::invalid_argument,
                "HPE3PARD_CRASH_AT names \"" + plan.name + "\", which is none of " + allowed_names());
  }
  if (colon == std::string_view::npos) return plan;
  const auto number = text.substr(colon + 1);
  const auto* const end = number.data() + number.size();
  const auto [stop, problem] = std::from_chars(number.data(), end, plan.occurrence);
  if (problem != std::errc{} || stop != end || plan.occurrence == 0) {
    throw Error(ErrorKind::invalid_argument, "HPE3PARD_CRASH_AT: \"" + std::string(number) +
                                                 "\" is not a count from 1; write <name>:<n> with a name of " +
                                                 allowed_names());
  }
  return plan;
}

void check_crash_environment() {
  environment_plan();
}

void crash_point(std::string_view name) {
  if (!is_known(name)) throw Error(ErrorKind::internal, "crash point " + std::string(name) + " is not in the table");
  const auto& plan = environment_plan();
  if (plan.name != name) return;
  static std::atomic<unsigned> passed{0};
  if (++passed == plan.occurrence) ::kill(::getpid(), SIGKILL);
}

}  // namespace hpe3par::journal
