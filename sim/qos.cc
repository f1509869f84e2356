#include "qos.h"

#include <algorithm>
#include <limits>

#include "errors.h"
#include "licences.h"
#include "query.h"
#include "releases.h"
#include "validate.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

constexpr int kVolumeSet = 1;
constexpr int kSystem = 2;
constexpr const char* kAllOthers = "all_others";
constexpr std::size_t kMaxSetName = 27;
constexpr std::int64_t kMaxIo = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t kMaxBandwidth = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMicrosPerMilli = 1000;
constexpr std::int64_t kMaxLatencyMs = 10'000;
constexpr std::int64_t kMinLatencyUs = 500;
constexpr const char* kOperationSuffix = "OP";

constexpr const char* kIoGoal = "ioMinGoal";
constexpr const char* kIoLimit = "ioMaxLimit";
constexpr const char* kBandwidthGoal = "bwMinGoalKB";
constexpr const char* kBandwidthLimit = "bwMaxLimitKB";

// A goal and its limit: shown together, and the goal is not above the limit.
constexpr struct {
  const char* goal;
  const char* limit;
  Code exceeded;
} kPairs[] = {{kIoGoal, kIoLimit, Code::io_goal_exceeds_limit},
              {kBandwidthGoal, kBandwidthLimit, Code::bandwidth_goal_exceeds_limit}};

constexpr MemberRule number(std::string_view name, std::int64_t min, std::int64_t max) {
  return {.name = name, .type = MemberType::integer, .min = min, .max = max};
}
constexpr MemberRule choice(std::string_view name, std::int64_t max) {
  return {.name = name, .type = MemberType::integer, .enumeration = true, .min = 1, .max = max};
}

constexpr MemberRule kTarget[] = {
    {.name = "name", .type = MemberType::string, .required = true, .max_length = kMaxSetName, .letters = Letters::name},
    {.name = "type",
     .type = MemberType::integer,
     .required = true,
     .enumeration = true,
     .min = kVolumeSet,
     .max = kSystem}};
constexpr MemberRule kMaxima[] = {{.name = "enable", .type = MemberType::boolean},
                                  number(kIoLimit, 0, kMaxIo),
                                  number(kBandwidthLimit, 0, kMaxBandwidth),
                                  choice("ioMaxLimitOP", 2),
                                  choice("bwMaxLimitOP", 2)};
constexpr MemberRule kGoals[] = {choice("priority", 3),
                                 number(kIoGoal, 0, kMaxIo),
                                 number(kBandwidthGoal, 0, kMaxBandwidth),
                                 choice("ioMinGoalOP", 2),
                                 choice("bwMinGoalOP", 2),
                                 number("latencyGoal", 1, kMaxLatencyMs),
                                 number("latencyGoaluSecs", kMinLatencyUs, kMaxLatencyMs* kMicrosPerMilli)};

using Rules = std::vector<MemberRule>;

void append(Rules& rules, std::span<const MemberRule> more) {
  rules.insert(rules.end(), more.begin(), more.end());
}

void check_limits(const Model& model, json& body, Rules rules) {
  append(rules, kMaxima);
  if (build_of(model) < build::kMaxLimitsOnly) append(rules, kGoals);
  check_members(body, rules);
  if (body.contains("latencyGoal") && body.contains("latencyGoaluSecs"))
    throw Refusal(Code::parameter_conflict, "latencyGoal,latencyGoaluSecs");
}

// The operation decides where it stands beside a value: 1 makes it zero, 2 takes it away.
void set_limit(QosRule& rule, const json& body, const std::string& name) {
  const int operation = body.value(name + kOperationSuffix, 0);
  if (operation == 1)
    rule.limits[name] = 0;
  else if (operation == 2)
    rule.limits.erase(name);
  else if (body.contains(name))
    rule.limits[name] = body.at(name).get<std::int64_t>();
}

void check_pairs(const QosRule& rule) {
  for (const auto& pair : kPairs) {
    const auto goal = rule.limits.find(pair.goal), limit = rule.limits.find(pair.limit);
    const bool both = goal != rule.limits.end() && limit != rule.limits.end();
    // A limit of zero is none.
    if (both && limit->second != 0 && goal->second > limit->second)
      throw Refusal(pair.exceeded, std::string(pair.goal) + "," + pair.limit);
  }
}

QosRule changed(QosRule rule, const json& body) {
  rule.enabled = body.value("enable", rule.enabled);
  rule.priority = body.value("priority", rule.priority);
  for (const auto& pair : kPairs) {
    set_limit(rule, body, pair.goal);
    set_limit(rule, body, pair.limit);
  }
  if (body.contains("latencyGoal")) rule.latency_goal_us = body.at("latencyGoal").get<std::int64_t>() * kMicrosPerMilli;
  if (body.contains("latencyGoaluSecs")) rule.latency_goal_us = body.at("latencyGoaluSecs").get<std::int64_t>();
  check_pairs(rule);
  return rule;
}

void add_limits(json& object, const QosRule& rule) {
  const auto value = [&](const char* name) {
    const auto limit = rule.limits.find(name);
    return limit == rule.limits.end() ? std::int64_t{0} : limit->second;
  };
  for (const auto& pair : kPairs) {
    if (!rule.limits.contains(pair.goal) && !rule.limits.contains(pair.limit)) continue;
    object[pair.goal] = value(pair.goal);
    object[pair.limit] = value(pair.limit);
  }
  if (!rule.latency_goal_us) return;
  object["latencyGoaluSecs"] = *rule.latency_goal_us;
  object["latencyGoal"] = *rule.latency_goal_us / kMicrosPerMilli;
}

json to_json(const QosRule& rule, int type, int id, const std::string& name, const std::string& domain) {
  json object = {{"id", id}, {"type", type}, {"name", name}, {"enabled", rule.enabled}, {"priority", rule.priority}};
  if (!domain.empty()) object["domain"] = domain;
  add_limits(object, rule);
  return object;
}

json to_json(const ObjectSet& set) {
  return to_json(*set.qos, kVolumeSet, set.id, set.name, set.domain);
}

// What a rule is about: a volume set, or all volumes that are in none with a rule.
struct Target {
  ObjectSet* set = nullptr;
  std::optional<QosRule>& rule;
  std::string path_name;
};

Target target_of(Model& model, ObjectSet* set) {
  if (set == nullptr) return {nullptr, model.qos_of_all_others, std::string("sys:") + kAllOthers};
  return {set, set->qos, "vvset:" + set->name};
}

json to_json(const Target& target) {
  return target.set == nullptr ? to_json(*target.rule, kSystem, 0, kAllOthers, {}) : to_json(*target.set);
}

Target addressed(Model& model, const Call& call) {
  const std::string& text = call.names.at(0);
  if (text == std::string("sys:") + kAllOthers && model.qos_of_all_others) return target_of(model, nullptr);
  if (!text.starts_with("vvset:") && !text.starts_with("sys:")) throw Refusal(Code::bad_qos_target);
  ObjectSet* set = text.starts_with("vvset:") ? model.volume_sets.find(text.substr(text.find(':') + 1)) : nullptr;
  if (set == nullptr || !set->qos) throw Refusal(Code::non_existent_qos_rule);
  return target_of(model, set);
}

Target named(Model& model, const json& body) {
  const std::string name = body.at("name");
  if (body.at("type") == kSystem) {
    if (name != kAllOthers) throw Refusal(Code::bad_qos_target, "name");
    return target_of(model, nullptr);
  }
  ObjectSet* set = model.volume_sets.find(name);
  if (set == nullptr) throw Refusal(Code::non_existent_set, "name");
  return target_of(model, set);
}

}  // namespace

Answer list_qos_rules(Model& model, const Call& call) {
  static const QueryFields fields = {{"id", "type", "name", "domain", "enabled", "priority"}, {}};
  const std::optional<Query> query = asked_query(model, call, fields);
  json rules = json::array();
  if (model.qos_of_all_others) rules.push_back(to_json(target_of(model, nullptr)));
  for (const auto& [id, set] : model.volume_sets)
    if (set.qos) rules.push_back(to_json(set));
  json members = json::array();
  for (json& rule : rules)
    if (!query || query->matches(rule)) members.push_back(std::move(rule));
  return collection(std::move(members));
}

Answer get_qos_rule(Model& model, const Call& call) {
  return {.body = to_json(addressed(model, call))};
}

Answer create_qos_rule(Model& model, const Call& call) {
  json body = call.body;
  check_limits(model, body, {std::begin(kTarget), std::end(kTarget)});
  demand_licence(model, Feature::quality_of_service);
  const Target target = named(model, body);
  if (target.rule) throw Refusal(Code::existent_qos_rule, "name");
  target.rule = changed({}, body);
  return created({"qos", target.path_name});
}

Answer modify_qos_rule(Model& model, const Call& call) {
  json body = call.body;
  check_limits(model, body, {});
  const Target target = addressed(model, call);
  target.rule = changed(*target.rule, body);
  return modified({"qos", target.path_name});
}

Answer delete_qos_rule(Model& model, const Call& call) {
  addressed(model, call).rule.reset();
  return {};
}

}  // namespace hpe3par::sim
