#include "remote_copy_groups.h"

#include <algorithm>

#include "cpgs.h"
#include "errors.h"
#include "fabric.h"
#include "licences.h"
#include "percent.h"
#include "query.h"
#include "releases.h"
#include "remote_copy_actions.h"
#include "remote_copy_json.h"
#include "remote_copy_members.h"
#include "remote_copy_pair.h"
#include "remote_copy_rules.h"
#include "validate.h"
#include "vluns.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

const QueryFields& query_fields() {
  static const QueryFields fields = {{"id", "name", "domain", "role", "remoteGroupName"}, {}};
  return fields;
}

void demand_remote_copy(const Model& model) {
  if (build_of(model) < build::kRemoteCopy) throw Refusal(Code::uri_not_found);
}

CopyGroup& addressed(Model& model, const Call& call) {
  return get_copy_group_named(model, call.names.at(0));
}

std::string remote_name_of(const Model& model, const std::string& name) {
  return name + ".r" + std::to_string(model.identity.system_id);
}

void check_cpgs(Model& model, const json& body, std::initializer_list<const char*> members) {
  for (const char* member : members)
    if (body.contains(member)) get_cpg_named(model, body.at(member), member);
}

// Of a body that was not checked yet: its name may be longer where nothing is mirrored.
bool is_mirrored(const Model& model, const json& body) {
  const json targets = body.value("targets", json());
  if (!targets.is_array() || targets.empty() || !targets[0].is_object()) return true;
  const json name = targets[0].value("targetName", json());
  return !name.is_string() || !model.unmirrored_targets.contains(name.get<std::string>());
}

CopyGroup group_from(const Model& model, const json& body) {
  const json& target = body.at("targets").at(0);
  CopyGroup group{.id = model.copy_groups.next_id(),
                  .name = body.at("name"),
                  .domain = body.value("domain", ""),
                  .target = target.at("targetName"),
                  .mode = target.at("mode").get<CopyMode>(),
                  .local_user_cpg = body.value("localUserCPG", ""),
                  .local_snap_cpg = body.value("localSnapCPG", ""),
                  .remote_user_cpg = target.value("userCPG", ""),
                  .remote_snap_cpg = target.value("snapCPG", "")};
  group.remote_group = remote_name_of(model, group.name);
  group.policies = default_group_policies(group);
  return group;
}

// The same group as the other array sees it.
CopyGroup other_end_of(const Model& model, const Model& there, const CopyGroup& group) {
  CopyGroup other = group;
  other.id = there.copy_groups.next_id();
  other.side.role = Role::secondary;
  std::swap(other.name, other.remote_group);
  std::swap(other.local_user_cpg, other.remote_user_cpg);
  std::swap(other.local_snap_cpg, other.remote_snap_cpg);
  other.target = model.identity.name;
  return other;
}

Model& target_of(Model& model, const std::string& name) {
  if (model.fabric == nullptr || find_link(*model.fabric, model.identity.name, name) == nullptr)
    throw Refusal(Code::rcopy_inv_target, "targetName");
  return *model.fabric->models.at(name);
}

void make_other_end(Model& model, Model& there, const json& body, const CopyGroup& group) {
  if (!can_talk(*model.fabric, model, there)) throw Refusal(Code::rcopy_target_not_ready, "targetName");
  if (there.copy_groups.find(group.remote_group) != nullptr) throw Refusal(Code::existent_rcopy_group, "name");
  check_domain(there, group.domain);
  check_cpgs(there, body.at("targets").at(0), {"userCPG", "snapCPG"});
  there.copy_groups.add(other_end_of(model, there, group));
}

void set_text(std::string& text, const json& body, const char* member) {
  text = body.value(member, text);
}

void set_cpgs(CopyGroup& group, const json& body) {
  set_text(group.local_user_cpg, body, "localUserCPG");
  set_text(group.local_snap_cpg, body, "localSnapCPG");
  if (body.value("unsetUserCPG", false)) group.local_user_cpg = group.remote_user_cpg = "";
  if (body.value("unsetSnapCPG", false)) group.local_snap_cpg = group.remote_snap_cpg = "";
}

void set_mode(CopyGroup& group, CopyMode mode) {
  if (mode == group.mode) return;
  group.mode = mode;
  group.policies = default_group_policies(group);
  group.period_s = 0;
  group.snap_frequency_s.reset();
}

void set_times(const Model& model, CopyGroup& group, const json& target) {
  if (target.contains("snapFrequency")) group.snap_frequency_s = target.at("snapFrequency").get<std::int64_t>();
  if (target.value("rmSnapFrequency", false)) group.snap_frequency_s.reset();
  if (!target.contains("syncPeriod") && !target.contains("rmSyncPeriod")) return;
  group.period_s = target.value("rmSyncPeriod", false) ? 0 : target.value("syncPeriod", group.period_s);
  group.next_sync.reset();
  if (group.period_s > 0 && group.side.state == GroupState::started)
    group.next_sync = model.clock.now() + std::chrono::seconds(group.period_s);
}

void set_target(const Model& model, CopyGroup& group, const json& target) {
  set_text(group.remote_user_cpg, target, "remoteUserCPG");
  set_text(group.remote_snap_cpg, target, "remoteSnapCPG");
  if (target.contains("mode")) set_mode(group, target.at("mode").get<CopyMode>());
  set_times(model, group, target);
  const json policies = target.value("policies", json::object());
  for (const auto& [name, value] : policies.items()) group.policies[name] = value.get<bool>();
}

void repeat_settings_there(const CopyPair& pair) {
  CopyGroup& other = *pair.other;
  other.local_user_cpg = pair.group.remote_user_cpg;
  other.local_snap_cpg = pair.group.remote_snap_cpg;
  other.remote_user_cpg = pair.group.local_user_cpg;
  other.remote_snap_cpg = pair.group.local_snap_cpg;
  other.mode = pair.group.mode;
  other.period_s = pair.group.period_s;
  other.snap_frequency_s = pair.group.snap_frequency_s;
  other.policies = pair.group.policies;
}

// Hosts would be left with writable paths to a secondary.
bool takes_paths_from_hosts(const CopyPair& pair, const json& target) {
  if (!manages_paths(pair.group) || pair.other == nullptr) return false;
  if (target.value("policies", json::object()).value("pathManagement", true) && !target.contains("mode")) return false;
  return std::any_of(pair.other->members.begin(), pair.other->members.end(),
                     [&](const GroupMember& member) { return is_exported(*pair.there, member.volume); });
}

void check_target_in_state(const CopyPair& pair, const json& target) {
  if (takes_paths_from_hosts(pair, target)) throw Refusal(Code::rcopy_target_volume_exported, "policies");
  const bool other_mode = target.contains("mode") && target.at("mode").get<CopyMode>() != pair.group.mode;
  if (other_mode && pair.group.side.state == GroupState::started) throw Refusal(Code::rcopy_group_started, "mode");
  if (pair.there != nullptr) check_cpgs(*pair.there, target, {"remoteUserCPG", "remoteSnapCPG"});
}

Answer change_members(Model& model, CopyGroup& group, const json& body) {
  const CopyPair pair = pair_of(model, group);
  const bool mirrored = is_mirrored(model, group);
  const json target = body.contains("targets") ? body.at("targets").at(0) : json::object();
  if (mirrored && group.side.role != Role::primary) throw Refusal(Code::rcopy_only_on_primary_side);
  if (mirrored) demand_connection(pair);
  check_cpgs(model, body, {"localUserCPG", "localSnapCPG"});
  check_target_in_state(pair, target);
  set_cpgs(group, body);
  set_target(model, group, target);
  if (mirrored) repeat_settings_there(pair);
  apply(pair, sides_of(pair));
  return modified({"remotecopygroups", group.name});
}

void check_deletion(const CopyPair& pair, bool mirrored) {
  if (pair.group.side.state == GroupState::started) throw Refusal(Code::rcopy_group_started);
  if (!mirrored) return;
  if (pair.group.side.role != Role::primary) throw Refusal(Code::rcopy_only_on_primary_side);
  demand_connection(pair);
  if (pair.group.side.reversed || pair.other->side.role == Role::primary) throw Refusal(Code::rcopy_in_failover_state);
}

json only_known_target(const Call& call, const CopyGroup& group) {
  if (call.names.at(1) != group.target) throw Refusal(Code::non_existent_rcopy_target);
  return target_json(group);
}

}  // namespace

Answer list_copy_groups(Model& model, const Call& call) {
  demand_remote_copy(model);
  const std::optional<Query> query = asked_query(model, call, query_fields());
  json members = json::array();
  for (const auto& [id, group] : model.copy_groups) {
    json object = to_json(model, group);
    if (!query || query->matches(object)) members.push_back(std::move(object));
  }
  return collection(std::move(members));
}

Answer get_copy_group(Model& model, const Call& call) {
  return {.body = to_json(model, addressed(model, call))};
}

Answer create_copy_group(Model& model, const Call& call) {
  demand_remote_copy(model);
  json body = call.body;
  demand_licence(model, Feature::remote_copy);
  check_new_group(body, is_mirrored(model, body));
  if (model.copy_groups.find(body.at("name").get<std::string>()) != nullptr)
    throw Refusal(Code::existent_rcopy_group, "name");
  check_domain(model, body.value("domain", ""));
  check_cpgs(model, body, {"localUserCPG", "localSnapCPG"});
  CopyGroup group = group_from(model, body);
  Model& there = target_of(model, group.target);
  if (is_mirrored(model, group)) make_other_end(model, there, body, group);
  return created({"remotecopygroups", model.copy_groups.add(std::move(group)).name});
}

Answer modify_copy_group(Model& model, const Call& call) {
  CopyGroup& group = addressed(model, call);
  const auto action = call.body.find("action");
  if (action != call.body.end() && !action->is_null()) return act_on_copy_group(model, group, call);
  json body = call.body;
  check_group_change(body, group);
  return change_members(model, group, body);
}

Answer delete_copy_group(Model& model, const Call& call) {
  CopyGroup& group = addressed(model, call);
  const CopyPair pair = pair_of(model, group);
  const bool mirrored = is_mirrored(model, group);
  check_deletion(pair, mirrored);
  if (mirrored) forget_group(*pair.there, *pair.other);
  forget_group(model, group);
  return {};
}

Answer list_copy_group_targets(Model& model, const Call& call) {
  return collection(json::array({target_json(addressed(model, call))}));
}

Answer get_copy_group_target(Model& model, const Call& call) {
  return {.body = only_known_target(call, addressed(model, call))};
}

Answer modify_copy_group_target(Model& model, const Call& call) {
  CopyGroup& group = addressed(model, call);
  only_known_target(call, group);
  json target = call.body;
  check_target_change(target, group);
  return change_members(model, group, {{"targets", {target}}});
}

CopyGroup& get_copy_group_named(Model& model, const std::string& name) {
  demand_remote_copy(model);
  CopyGroup* group = model.copy_groups.find(name);
  if (group == nullptr) refuse_name(name, Code::non_existent_rcopy_group);
  return *group;
}

bool is_mirrored(const Model& model, const CopyGroup& group) {
  return !model.unmirrored_targets.contains(group.target);
}

}  // namespace hpe3par::sim
