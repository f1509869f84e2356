#include "volume_rules.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "errors.h"
#include "releases.h"
#include "validate.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;
using Rules = std::vector<MemberRule>;

constexpr std::int64_t kStepMib = 256;
constexpr std::int64_t kMinCompressedMib = 16 * 1024;
constexpr std::int64_t kMaxHours = 43800;

constexpr MemberRule name_rule(std::string_view member, bool required = false) {
  return {.name = member, .type = MemberType::string, .required = required, .max_length = 31, .letters = Letters::name};
}
constexpr MemberRule flag_rule(std::string_view member) {
  return {.name = member, .type = MemberType::boolean};
}
constexpr MemberRule percentage_rule(std::string_view member) {
  return {.name = member, .type = MemberType::integer, .min = 0, .max = 100};
}
constexpr MemberRule hours_rule(std::string_view member) {
  return {.name = member, .type = MemberType::integer, .min = 1, .max = kMaxHours};
}

constexpr MemberRule kCommon[] = {{.name = "comment", .type = MemberType::string, .max_length = 511},
                                  {.name = "policies", .type = MemberType::object},
                                  percentage_rule("ssSpcAllocWarningPct"),
                                  percentage_rule("ssSpcAllocLimitPct"),
                                  percentage_rule("usrSpcAllocWarningPct"),
                                  percentage_rule("usrSpcAllocLimitPct"),
                                  hours_rule("expirationHours"),
                                  hours_rule("retentionHours")};

constexpr MemberRule kNew[] = {name_rule("name", true),
                               name_rule("cpg", true),
                               {.name = "sizeMiB", .type = MemberType::integer, .required = true, .min = 1},
                               {.name = "id", .type = MemberType::integer, .min = 0, .max = 0xFFFFF},
                               flag_rule("tpvv"),
                               {.name = "objectKeyValues", .type = MemberType::objects}};

constexpr MemberRule kChange[] = {
    name_rule("newName"),
    name_rule("userCPG"),
    {.name = "WWN", .type = MemberType::string, .max_length = 32, .letters = Letters::name},
    flag_rule("rmExpTime"),
    flag_rule("rmSsSpcAllocWarning"),
    flag_rule("rmUsrSpcAllocWarning"),
    flag_rule("rmSsSpcAllocLimit"),
    flag_rule("rmUsrSpcAllocLimit")};

constexpr MemberRule kGrowth[] = {{.name = "action", .type = MemberType::integer, .required = true},
                                  {.name = "sizeMiB", .type = MemberType::integer, .required = true}};

constexpr MemberRule kPolicies[] = {
    flag_rule("staleSS"),
    flag_rule("oneHost"),
    flag_rule("zeroDetect"),
    flag_rule("system"),
    flag_rule("caching"),
    flag_rule("fsvc"),
    {.name = "hostDIF", .type = MemberType::integer, .enumeration = true, .min = 1, .max = 3}};

Rules with(Rules rules, std::span<const MemberRule> more) {
  rules.insert(rules.end(), more.begin(), more.end());
  return rules;
}

// The generations replaced deduplication and compression flags by one, and later dropped the CPG for snapshots.
Rules new_volume_rules(int build) {
  Rules rules = with({std::begin(kNew), std::end(kNew)}, kCommon);
  const auto known_from = [&](int first, int end, const char* flag) {
    if (build >= first && build < end) rules.push_back(flag_rule(flag));
  };
  known_from(build::kDedup, build::kPrimera, "tdvv");
  known_from(build::kCompression, build::kPrimera, "compression");
  known_from(build::kPrimera, build::kEnd, "reduce");
  if (build < build::kNoSnapCpg) rules.push_back(name_rule("snapCPG"));
  return rules;
}

void check_policies(json& body) {
  if (body.contains("policies")) check_members(body["policies"], kPolicies);
}

bool asks_for(const json& body, const char* flag) {
  return body.value(flag, false);
}

}  // namespace

void check_new_volume(json& body, int build) {
  check_members(body, new_volume_rules(build));
  check_policies(body);
  const bool thin = asks_for(body, "tpvv"), dedup = asks_for(body, "tdvv"), reduced = asks_for(body, "reduce");
  if (thin && dedup) throw Refusal(Code::parameter_conflict, "tpvv,tdvv");
  if (thin && reduced) throw Refusal(Code::parameter_conflict, "tpvv,reduce");
  if (build >= build::kPrimera && !thin && !reduced) throw Refusal(Code::one_required, "tpvv,reduce");
  const auto size = body.at("sizeMiB").get<std::int64_t>();
  if (size > kMaxVolumeMib) throw Refusal(Code::too_large, "sizeMiB");
  if (!asks_for(body, "compression")) return;
  if (!thin && !dedup) throw Refusal(Code::invalid_input, "compression");
  if (size < kMinCompressedMib) throw Refusal(Code::below_range, "sizeMiB");
}

void check_volume_change(json& body, int build) {
  Rules rules = with({std::begin(kChange), std::end(kChange)}, kCommon);
  if (build < build::kNoSnapCpg) rules.push_back(name_rule("snapCPG"));
  check_members(body, rules);
  check_policies(body);
}

void check_volume_growth(json& body) {
  check_members(body, kGrowth);
  const std::int64_t more = body.at("sizeMiB");
  if (more < 1 || more > kMaxVolumeMib) throw Refusal(Code::bad_grow_size, "sizeMiB");
}

Provisioning provisioning_of(const json& body) {
  if (asks_for(body, "reduce")) return Provisioning::dedup_compressed;
  if (asks_for(body, "tdvv")) return Provisioning::thin_dedup;
  return asks_for(body, "tpvv") ? Provisioning::thin : Provisioning::full;
}

std::int64_t rounded_mib(std::int64_t size_mib) {
  return (size_mib + kStepMib - 1) / kStepMib * kStepMib;
}

std::map<std::string, bool> default_policies() {
  return {{"staleSS", true}, {"oneHost", false}, {"zeroDetect", false},
          {"system", false}, {"caching", true},  {"fsvc", false}};
}

}  // namespace hpe3par::sim
