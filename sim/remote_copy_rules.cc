#include "remote_copy_rules.h"

#include <nlohmann/json.hpp>

#include "errors.h"
#include "validate.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxMirroredName = 22;
constexpr std::size_t kMaxName = 31;
constexpr std::size_t kMaxTargetName = 24;
constexpr std::int64_t kMinPeriod = 300;

constexpr MemberRule name_rule(std::string_view member, bool required = false, std::size_t max = kMaxName) {
  return {
      .name = member, .type = MemberType::string, .required = required, .max_length = max, .letters = Letters::name};
}
constexpr MemberRule flag_rule(std::string_view member) {
  return {.name = member, .type = MemberType::boolean};
}
constexpr MemberRule period_rule(std::string_view member) {
  return {.name = member, .type = MemberType::integer, .min = kMinPeriod, .max = kMaxPeriod};
}

constexpr MemberRule kAction{.name = "action", .type = MemberType::integer, .enumeration = true, .min = 1, .max = 12};
constexpr MemberRule kTargets{.name = "targets", .type = MemberType::objects};
constexpr MemberRule kTargetName = name_rule("targetName", false, kMaxTargetName);
constexpr MemberRule kMode{.name = "mode", .type = MemberType::integer, .enumeration = true, .min = 1, .max = 4};
constexpr MemberRule kRequiredMode{
    .name = "mode", .type = MemberType::integer, .required = true, .enumeration = true, .min = 1, .max = 4};
constexpr MemberRule kVolumeName{.name = "volumeName",
                                 .type = MemberType::string,
                                 .required = true,
                                 .max_length = kMaxName,
                                 .letters = Letters::set_name};

constexpr MemberRule kNewTarget[] = {name_rule("targetName", true, kMaxTargetName), kRequiredMode, name_rule("userCPG"),
                                     name_rule("snapCPG")};
constexpr MemberRule kChange[] = {name_rule("localUserCPG"), name_rule("localSnapCPG"), flag_rule("unsetUserCPG"),
                                  flag_rule("unsetSnapCPG"), kTargets};
constexpr MemberRule kTargetChange[] = {kTargetName,
                                        name_rule("remoteUserCPG"),
                                        name_rule("remoteSnapCPG"),
                                        period_rule("syncPeriod"),
                                        flag_rule("rmSyncPeriod"),
                                        kMode,
                                        period_rule("snapFrequency"),
                                        flag_rule("rmSnapFrequency"),
                                        {.name = "policies", .type = MemberType::object}};
constexpr MemberRule kPolicies[] = {flag_rule("activeActive"),
                                    flag_rule("autoFailover"),
                                    flag_rule("autoRecover"),
                                    flag_rule("autoSynchronize"),
                                    flag_rule("overPeriodAlert"),
                                    flag_rule("pathManagement"),
                                    flag_rule("multiTargetPeerPersistence")};
constexpr MemberRule kAdmission[] = {kAction,
                                     kVolumeName,
                                     kTargets,
                                     name_rule("snapshotName"),
                                     flag_rule("volumeAutoCreation"),
                                     flag_rule("skipInitialSync"),
                                     flag_rule("differentSecondaryWWN")};
constexpr MemberRule kAdmissionTarget[] = {kTargetName, name_rule("secVolumeName", true)};
constexpr MemberRule kDismissal[] = {kAction, kVolumeName, flag_rule("keepSnap")};
constexpr MemberRule kStart[] = {
    kAction, flag_rule("skipInitialSync"), kTargetName, {.name = "startingSnapshots", .type = MemberType::objects}};
constexpr MemberRule kStop[] = {kAction, flag_rule("noSnapshot"), kTargetName};
constexpr MemberRule kSync[] = {kAction, flag_rule("noResyncSnapshot"), kTargetName, flag_rule("fullSync")};
constexpr MemberRule kRoleChange[] = {kAction,
                                      kTargetName,
                                      flag_rule("skipStart"),
                                      flag_rule("skipSync"),
                                      flag_rule("discardNewData"),
                                      flag_rule("skipPromote"),
                                      flag_rule("noSnapshot"),
                                      flag_rule("stopGroups"),
                                      flag_rule("localGroupsDirection")};

void check_target_name(const json& body, const CopyGroup& group) {
  if (body.contains("targetName") && body.at("targetName") != group.target)
    throw Refusal(Code::rcopy_inv_target, "targetName");
}

json& only_target(json& body) {
  json& targets = body.at("targets");
  if (targets.empty()) throw Refusal(Code::rcopy_target_not_specified, "targets");
  if (targets.size() > 1) throw Refusal(Code::rcopy_too_many_targets, "targets");
  return targets[0];
}

bool sets(const json& policies, const char* policy) {
  return policies.value(policy, false);
}

void check_policies(json& policies, const CopyGroup& group) {
  check_members(policies, kPolicies);
  const bool for_sync = sets(policies, "autoFailover") || sets(policies, "pathManagement") ||
                        sets(policies, "activeActive") || sets(policies, "multiTargetPeerPersistence");
  if (for_sync && group.mode != CopyMode::sync) throw Refusal(Code::rcopy_policy_not_for_periodic, "policies");
  if (sets(policies, "overPeriodAlert") && !is_periodic(group))
    throw Refusal(Code::rcopy_policy_not_for_sync, "policies");
}

}  // namespace

void check_new_group(json& body, bool mirrored) {
  const MemberRule rules[] = {name_rule("name", true, mirrored ? kMaxMirroredName : kMaxName),
                              name_rule("domain"),
                              name_rule("localUserCPG"),
                              name_rule("localSnapCPG"),
                              {.name = "targets", .type = MemberType::objects, .required = true}};
  check_members(body, rules);
  check_members(only_target(body), kNewTarget);
}

void check_group_change(json& body, const CopyGroup& group) {
  check_members(body, kChange);
  if (body.contains("localUserCPG") && body.value("unsetUserCPG", false))
    throw Refusal(Code::parameter_conflict, "localUserCPG,unsetUserCPG");
  if (body.contains("targets")) check_target_change(only_target(body), group);
}

void check_target_change(json& target, const CopyGroup& group) {
  check_members(target, kTargetChange);
  check_target_name(target, group);
  for (const char* period : {"syncPeriod", "rmSyncPeriod"})
    if (target.contains(period) && target.contains("policies"))
      throw Refusal(Code::parameter_conflict, std::string("policies, ") + period);
  if ((target.contains("syncPeriod") || target.value("rmSyncPeriod", false)) && !is_periodic(group))
    throw Refusal(Code::rcopy_not_periodic, "syncPeriod");
  if (target.contains("snapFrequency") && group.mode != CopyMode::streaming)
    throw Refusal(Code::rcopy_mode_not_supported, "snapFrequency");
  if (target.contains("policies")) check_policies(target["policies"], group);
}

void check_admission(json& body, const CopyGroup& group) {
  check_members(body, kAdmission);
  if (body.contains("targets")) {
    check_members(only_target(body), kAdmissionTarget);
    check_target_name(body.at("targets").at(0), group);
  } else {
    throw Refusal(Code::missing_required, "targets");
  }
  if (!body.contains("snapshotName")) return;
  for (const char* other : {"volumeAutoCreation", "skipInitialSync"})
    if (body.value(other, false)) throw Refusal(Code::parameter_conflict, std::string("snapshotName,") + other);
  throw Refusal(Code::non_existent_volume, "snapshotName");
}

void check_dismissal(json& body) {
  check_members(body, kDismissal);
}

void check_start(json& body, const CopyGroup& group) {
  check_members(body, kStart);
  check_target_name(body, group);
  if (!body.value("startingSnapshots", json::array()).empty())
    throw Refusal(Code::rcopy_bad_snapshot, "startingSnapshots");
}

void check_stop(json& body, const CopyGroup& group) {
  check_members(body, kStop);
  check_target_name(body, group);
}

void check_sync(json& body, const CopyGroup& group) {
  check_members(body, kSync);
  check_target_name(body, group);
}

void check_role_change(json& body, const CopyGroup& group) {
  check_members(body, kRoleChange);
  check_target_name(body, group);
}

std::map<std::string, bool> default_group_policies(const CopyGroup& group) {
  return {{"activeActive", false},
          {"autoFailover", false},
          {"autoRecover", false},
          {"autoSynchronize", false},
          {"multiTargetPeerPersistence", false},
          {"overPeriodAlert", is_periodic(group)},
          {"pathManagement", false}};
}

}  // namespace hpe3par::sim
