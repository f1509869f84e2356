#include "volumes.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "capacity.h"
#include "cpgs.h"
#include "errors.h"
#include "hpe3par/base/uuid.h"
#include "licences.h"
#include "object_keys.h"
#include "query.h"
#include "releases.h"
#include "remote_copy_members.h"
#include "sets.h"
#include "validate.h"
#include "vluns.h"
#include "volume_rules.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

constexpr int kActionGrow = 3;
constexpr int kMaxAction = 7;
constexpr std::array kPercentages = {"ssSpcAllocWarningPct", "ssSpcAllocLimitPct", "usrSpcAllocWarningPct",
                                     "usrSpcAllocLimitPct"};

const QueryFields& query_fields() {
  static const QueryFields fields = {{"id",
                                      "name",
                                      "uuid",
                                      "wwn",
                                      "domain",
                                      "provisioningType",
                                      "copyType",
                                      "copyOf",
                                      "baseId",
                                      "parentId",
                                      "readOnly",
                                      "state",
                                      "sizeMiB",
                                      "userCPG",
                                      "snapCPG",
                                      "comment",
                                      "deduplicationState",
                                      "compressionState",
                                      "rcopyStatus",
                                      "rcopyGroup",
                                      "creationTimeSec",
                                      "expirationTimeSec",
                                      "retentionTimeSec",
                                      "udid"},
                                     {}};
  return fields;
}

std::string make_wwn(const Identity& identity, int id) {
  char text[33];
  std::snprintf(text, sizeof text, "60002AC0%08X%08X%08X", static_cast<unsigned>(identity.generation),
                static_cast<unsigned>(id), static_cast<unsigned>(identity.system_id));
  return text;
}

json space(std::int64_t reserved, std::int64_t used) {
  return {{"reservedMiB", reserved}, {"rawReservedMiB", 2 * reserved}, {"usedMiB", used}, {"freeMiB", reserved - used}};
}

void add_times(json& object, const Volume& volume) {
  object["creationTimeSec"] = to_unix(volume.created);
  object["creationTime8601"] = to_8601(volume.created);
  if (volume.expires) {
    object["expirationTimeSec"] = to_unix(*volume.expires);
    object["expirationTime8601"] = to_8601(*volume.expires);
  }
  if (volume.retained_until) {
    object["retentionTimeSec"] = to_unix(*volume.retained_until);
    object["retentionTime8601"] = to_8601(*volume.retained_until);
  }
}

void add_space(json& object, const Model& model, const Volume& volume) {
  constexpr std::int64_t kAdminMib = 256;
  const std::int64_t admin = volume.provisioning == Provisioning::full ? 0 : kAdminMib;
  const std::int64_t used = used_mib(model, volume);
  const std::int64_t reserved = rounded_mib(used);
  object["adminSpace"] = space(admin, 0);
  object["snapshotSpace"] = space(0, 0);
  object["userSpace"] = space(reserved, used);
  object["totalReservedMiB"] = reserved + admin;
  object["totalUsedMiB"] = used;
  object["hostWriteMiB"] = used;
}

void add_efficiency(json& object, const Volume& volume, int build) {
  const bool dedup = volume.provisioning >= Provisioning::thin_dedup;
  const bool reduced = volume.provisioning == Provisioning::dedup_compressed;
  const bool thin = volume.provisioning != Provisioning::full;
  constexpr int kYes = 1, kNo = 2, kDedupNotApplicable = 3, kCompressionNotApplicable = 4;
  if (build >= build::kDedup) object["deduplicationState"] = dedup ? kYes : thin ? kNo : kDedupNotApplicable;
  if (build >= build::kCompression)
    object["compressionState"] = volume.compressed || reduced ? kYes : thin ? kNo : kCompressionNotApplicable;
}

void add_remote_copy(json& object, const Model& model, const Volume& volume) {
  constexpr int kNone = 1, kInGroup = 2;
  const CopyGroup* group = group_of(model, volume.id);
  object["rcopyStatus"] = group == nullptr ? kNone : kInGroup;
  if (group != nullptr) object["rcopyGroup"] = group->name;
}

void set_times(const Model& model, Volume& volume, const json& body) {
  const auto after = [&](const char* member) {
    return model.clock.wall() + std::chrono::hours(body.at(member).get<int>());
  };
  if (body.contains("expirationHours")) volume.expires = after("expirationHours");
  if (body.contains("retentionHours")) volume.retained_until = after("retentionHours");
  if (body.value("rmExpTime", false)) volume.expires.reset();
}

void set_members(Model& model, Volume& volume, const json& body) {
  volume.comment = body.value("comment", volume.comment);
  if (body.contains("snapCPG")) volume.snap_cpg = get_cpg_named(model, body.at("snapCPG"), "snapCPG").id;
  const json policies = body.value("policies", json::object());
  for (const auto& [name, value] : policies.items()) {
    if (name == "hostDIF")
      volume.host_dif = value.get<int>();
    else
      volume.policies[name] = value.get<bool>();
  }
  for (const char* name : kPercentages)
    if (body.contains(name)) volume.percentages[name] = body.at(name).get<std::int64_t>();
  set_times(model, volume, body);
}

void clear_percentages(Volume& volume, const json& body) {
  constexpr std::array kRemovers = {"rmSsSpcAllocWarning", "rmSsSpcAllocLimit", "rmUsrSpcAllocWarning",
                                    "rmUsrSpcAllocLimit"};
  for (std::size_t i = 0; i < kRemovers.size(); ++i)
    if (body.value(kRemovers[i], false)) volume.percentages.erase(kPercentages[i]);
}

int choose_id(Model& model, const json& body) {
  if (!body.contains("id")) return model.volumes.next_id();
  const int id = body.at("id");
  if (model.volumes.contains_id(id)) throw Refusal(Code::existent_id, "id");
  // An id that may have been used before gets another WWN than it had then.
  if (id < model.volumes.next_id()) ++model.identity.generation;
  return id;
}

// Only full volumes take their space at once.
void check_space(const Model& model, const Cpg& cpg, std::int64_t more_mib, Code code) {
  if (cpg.growth_limit_mib && reserved_mib(model, cpg) + more_mib > *cpg.growth_limit_mib) throw Refusal(code);
  if (more_mib > free_mib(model)) throw Refusal(Code::no_space);
}

Volume& addressed(Model& model, const Call& call) {
  return get_volume_named(model, call.names.at(0));
}

Answer grow_volume(Model& model, const Call& call) {
  json body = call.body;
  check_volume_growth(body);
  Volume& volume = addressed(model, call);
  const auto more = body.at("sizeMiB").get<std::int64_t>();
  if (volume.size_mib + rounded_mib(more) > kMaxVolumeMib) throw Refusal(Code::bad_grow_size, "sizeMiB");
  if (volume.provisioning == Provisioning::full)
    check_space(model, model.cpgs.at(volume.user_cpg), rounded_mib(more), Code::exceeds_cpg_limit);
  check_growth(model, volume);
  const std::int64_t size = volume.size_mib + rounded_mib(more);
  model.files.grow(volume.wwn, size);
  volume.size_mib = size;
  grow_copy(model, volume);
  return modified({"volumes", volume.name});
}

std::string checked_wwn(std::string wwn) {
  std::transform(wwn.begin(), wwn.end(), wwn.begin(), [](unsigned char c) { return std::toupper(c); });
  if (wwn.find_first_not_of("0123456789ABCDEF") != std::string::npos) throw Refusal(Code::illegal_character, "WWN");
  if (wwn.size() != 32) throw Refusal(Code::invalid_input, "WWN");
  return wwn;
}

void change_wwn(Model& model, Volume& volume, const std::string& wwn) {
  if (wwn == volume.wwn) return;
  if (is_exported(model, volume.id)) throw Refusal(Code::volume_exported, "WWN");
  if (group_of(model, volume.id) != nullptr) throw Refusal(Code::volume_in_remote_copy, "WWN");
  for (const auto& [id, other] : model.volumes)
    if (other.wwn == wwn) throw Refusal(Code::existent_id, "WWN");
  model.files.change_wwn(volume.wwn, wwn);
  volume.wwn = wwn;
}

// What can refuse comes first, so that a refused change changes nothing.
Answer change_members(Model& model, const Call& call) {
  json body = call.body;
  check_volume_change(body, build_of(model));
  Volume& volume = addressed(model, call);
  const std::string name = body.value("newName", volume.name);
  if (name != volume.name && model.volumes.find(name) != nullptr) throw Refusal(Code::existent_volume, "newName");
  const int cpg = body.contains("userCPG") ? get_cpg_named(model, body.at("userCPG"), "userCPG").id : volume.user_cpg;
  if (model.cpgs.at(cpg).domain != volume.domain) throw Refusal(Code::cpg_not_in_same_domain, "userCPG");
  if (body.contains("snapCPG")) get_cpg_named(model, body.at("snapCPG"), "snapCPG");
  if (body.contains("WWN")) change_wwn(model, volume, checked_wwn(body.at("WWN")));
  volume.user_cpg = cpg;
  set_members(model, volume, body);
  clear_percentages(volume, body);
  model.volumes.rename(volume, name);
  return modified({"volumes", name});
}

}  // namespace

json to_json(const Model& model, const Volume& volume) {
  json object = {
      {"id", volume.id},
      {"name", volume.name},
      {"uuid", volume.uuid},
      {"wwn", volume.wwn},
      {"provisioningType", static_cast<int>(volume.provisioning)},
      {"copyType", 1},
      {"baseId", volume.id},
      {"readOnly", false},
      {"state", 1},
      {"failedStates", json::array()},
      {"degradedStates", json::array()},
      {"additionalStates", json::array()},
      {"sizeMiB", volume.size_mib},
      {"userCPG", model.cpgs.at(volume.user_cpg).name},
      {"policies", volume.policies},
      {"udid", volume.id},
  };
  for (const char* name : kPercentages) {
    const auto value = volume.percentages.find(name);
    object[name] = value == volume.percentages.end() ? 0 : value->second;
  }
  object["policies"]["hostDIF"] = volume.host_dif;
  add_space(object, model, volume);
  add_efficiency(object, volume, build_of(model));
  add_times(object, volume);
  add_remote_copy(object, model, volume);
  if (volume.snap_cpg) object["snapCPG"] = model.cpgs.at(*volume.snap_cpg).name;
  if (!volume.domain.empty()) object["domain"] = volume.domain;
  if (!volume.comment.empty()) object["comment"] = volume.comment;
  object["links"] = json::array({{{"href", "/api/v1/volumes/" + volume.name}, {"rel", "self"}}});
  return object;
}

Answer list_volumes(Model& model, const Call& call) {
  const std::optional<Query> query = asked_query(model, call, query_fields());
  json members = json::array();
  for (const auto& [id, volume] : model.volumes) {
    json object = to_json(model, volume);
    if (!query || query->matches(object)) members.push_back(std::move(object));
  }
  return collection(std::move(members), true);
}

Answer get_volume(Model& model, const Call& call) {
  return {.body = to_json(model, addressed(model, call))};
}

Answer create_volume(Model& model, const Call& call) {
  json body = call.body;
  if (body.contains("action")) throw Refusal(Code::unsupported_operation, "action");
  check_new_volume(body, build_of(model));
  if (body.value("compression", false)) demand_licence(model, Feature::compression);
  const Cpg& cpg = get_cpg_named(model, body.at("cpg"), "cpg");
  const std::string name = body.at("name");
  if (model.volumes.find(name) != nullptr) throw Refusal(Code::existent_volume, "name");
  const std::int64_t size = rounded_mib(body.at("sizeMiB"));
  const Provisioning provisioning = provisioning_of(body);
  if (provisioning == Provisioning::full) check_space(model, cpg, size, Code::no_space);

  Volume volume{.name = name,
                .uuid = make_uuid(),
                .user_cpg = cpg.id,
                .domain = cpg.domain,
                .size_mib = size,
                .provisioning = provisioning,
                .compressed = body.value("compression", false),
                .policies = default_policies(),
                .created = model.clock.wall()};
  set_members(model, volume, body);
  add_object_keys(model, volume, body.value("objectKeyValues", json::array()));
  volume.id = choose_id(model, body);
  volume.wwn = make_wwn(model.identity, volume.id);
  model.files.create(volume.wwn, size);
  model.volumes.add(std::move(volume));
  return created({"volumes", name});
}

Answer modify_volume(Model& model, const Call& call) {
  const auto action = call.body.find("action");
  if (action == call.body.end() || action->is_null()) return change_members(model, call);
  if (!action->is_number_integer()) throw Refusal(Code::wrong_type, "action");
  if (*action == kActionGrow) return grow_volume(model, call);
  throw Refusal(*action >= 1 && *action <= kMaxAction ? Code::unsupported_operation : Code::bad_enum_value, "action");
}

Answer delete_volume(Model& model, const Call& call) {
  const Volume& volume = addressed(model, call);
  if (group_of(model, volume.id) != nullptr) throw Refusal(Code::volume_in_remote_copy);
  if (is_exported(model, volume.id)) throw Refusal(Code::exported_vlun);
  if (is_member(model.volume_sets, volume.id) || model.clock.now() < volume.busy_until) throw Refusal(Code::in_use);
  if (volume.retained_until && *volume.retained_until > model.clock.wall()) throw Refusal(Code::retained);
  remove_volume(model, volume.id);
  return {};
}

Volume& add_copy(Model& model, const Volume& original, const CopyDetails& details) {
  const Cpg& cpg = get_cpg_named(model, details.user_cpg, "userCPG");
  if (cpg.domain != original.domain) throw Refusal(Code::cpg_not_in_same_domain, "userCPG");
  if (original.provisioning == Provisioning::full) check_space(model, cpg, original.size_mib, Code::no_space);
  Volume volume{.id = model.volumes.next_id(),
                .name = details.name,
                .uuid = make_uuid(),
                .wwn = original.wwn,
                .user_cpg = cpg.id,
                .domain = original.domain,
                .size_mib = original.size_mib,
                .provisioning = original.provisioning,
                .compressed = original.compressed,
                .policies = original.policies,
                .host_dif = original.host_dif,
                .created = model.clock.wall()};
  if (!details.snap_cpg.empty()) volume.snap_cpg = get_cpg_named(model, details.snap_cpg, "snapCPG").id;
  if (details.own_wwn) volume.wwn = make_wwn(model.identity, volume.id);
  model.files.create(volume.wwn, volume.size_mib);
  return model.volumes.add(std::move(volume));
}

void remove_volume(Model& model, int volume) {
  for (auto& [id, set] : model.volume_sets) std::erase(set.members, volume);
  model.files.remove(model.volumes.at(volume).wwn);
  model.volumes.erase(volume);
}

Volume& get_volume_named(Model& model, const std::string& name, std::string ref) {
  Volume* volume = model.volumes.find(name);
  if (volume == nullptr) refuse_name(name, Code::non_existent_volume, std::move(ref));
  return *volume;
}

}  // namespace hpe3par::sim
