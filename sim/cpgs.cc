#include "cpgs.h"

#include <algorithm>

#include "capacity.h"
#include "errors.h"
#include "hpe3par/base/uuid.h"
#include "query.h"
#include "validate.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

constexpr std::int64_t kMaxMib = std::int64_t{1} << 40;

constexpr MemberRule kName{
    .name = "name", .type = MemberType::string, .required = true, .max_length = 31, .letters = Letters::name};
constexpr MemberRule kNewName{
    .name = "newName", .type = MemberType::string, .max_length = 31, .letters = Letters::name};
constexpr MemberRule kDomain{.name = "domain", .type = MemberType::string, .max_length = 31, .letters = Letters::name};
constexpr MemberRule kIncrement{.name = "growthIncrementMiB", .type = MemberType::integer, .min = 0, .max = kMaxMib};
constexpr MemberRule kLimit{.name = "growthLimitMiB", .type = MemberType::integer, .min = 0, .max = kMaxMib};
constexpr MemberRule kWarning{.name = "usedLDWarningAlertMiB", .type = MemberType::integer, .min = 0, .max = kMaxMib};
constexpr MemberRule kLayout{.name = "LDLayout", .type = MemberType::object};
constexpr MemberRule kCreate[] = {kName, kDomain, kIncrement, kLimit, kWarning, kLayout};
constexpr MemberRule kModify[] = {kNewName,
                                  kIncrement,
                                  kLimit,
                                  kWarning,
                                  kLayout,
                                  {.name = "disableAutoGrow", .type = MemberType::boolean},
                                  {.name = "rmGrowthLimit", .type = MemberType::boolean},
                                  {.name = "rmWarningAlert", .type = MemberType::boolean}};
constexpr MemberRule kLayoutMembers[] = {
    {.name = "RAIDType", .type = MemberType::integer, .enumeration = true, .min = 1, .max = 4},
    {.name = "setSize", .type = MemberType::integer, .min = 1, .max = 16},
    {.name = "HA", .type = MemberType::integer, .enumeration = true, .min = 1, .max = 3},
    {.name = "diskPatterns", .type = MemberType::objects}};

constexpr MemberRule kDiskPattern[] = {
    {.name = "diskType", .type = MemberType::integer, .enumeration = true, .min = 1, .max = 3}};

json usage(std::int64_t mib) {
  return {{"totalMiB", mib}, {"rawTotalMiB", 2 * mib}, {"usedMiB", mib}, {"rawUsedMiB", 2 * mib}};
}

json growth(const Cpg& cpg) {
  json layout = {{"RAIDType", cpg.raid_type},
                 {"setSize", cpg.set_size},
                 {"HA", cpg.availability},
                 {"diskPatterns", json::array({{{"diskType", cpg.disk_type}}})}};
  json result = {{"incrementMiB", cpg.growth_increment_mib}, {"LDLayout", std::move(layout)}};
  if (cpg.growth_limit_mib) result["limitMiB"] = *cpg.growth_limit_mib;
  if (cpg.warning_mib) result["warningMiB"] = *cpg.warning_mib;
  return result;
}

int count(const Model& model, const Cpg& cpg, bool (*counts)(Provisioning)) {
  return static_cast<int>(std::count_if(model.volumes.begin(), model.volumes.end(), [&](const auto& entry) {
    return entry.second.user_cpg == cpg.id && counts(entry.second.provisioning);
  }));
}

json to_json(const Model& model, const Cpg& cpg) {
  const std::int64_t used = reserved_mib(model, cpg);
  json result = {
      {"id", cpg.id},
      {"uuid", cpg.uuid},
      {"name", cpg.name},
      {"numFPVVs", count(model, cpg, [](Provisioning p) { return p == Provisioning::full; })},
      {"numTPVVs", count(model, cpg, [](Provisioning p) { return p == Provisioning::thin; })},
      {"numTDVVs", count(model, cpg, [](Provisioning p) { return p >= Provisioning::thin_dedup; })},
      {"UsrUsage", usage(used)},
      {"SAUsage", usage(0)},
      {"SDUsage", usage(0)},
      {"SAGrowth", growth(cpg)},
      {"SDGrowth", growth(cpg)},
      {"privateSpaceMiB", {{"base", used}, {"rawBase", 2 * used}, {"snapshot", 0}, {"rawSnapshot", 0}}},
      {"sharedSpaceMiB", 0},
      {"freeSpaceMiB", 0},
      {"totalSpaceMiB", used},
      {"rawFreeSpaceMiB", 0},
      {"rawSharedSpaceMiB", 0},
      {"rawTotalSpaceMiB", 2 * used},
      {"state", 1},
      {"failedStates", json::array()},
      {"degradedStates", json::array()},
      {"additionalStates", json::array()},
      {"dedupCapable", cpg.disk_type == 3},
  };
  if (!cpg.domain.empty()) result["domain"] = cpg.domain;
  return result;
}

void set_members(Cpg& cpg, const json& body) {
  cpg.growth_increment_mib = body.value("growthIncrementMiB", cpg.growth_increment_mib);
  if (body.contains("growthLimitMiB")) cpg.growth_limit_mib = body.at("growthLimitMiB").get<std::int64_t>();
  if (body.contains("usedLDWarningAlertMiB")) cpg.warning_mib = body.at("usedLDWarningAlertMiB").get<std::int64_t>();
  if (body.value("disableAutoGrow", false)) cpg.growth_increment_mib = 0;
  if (body.value("rmGrowthLimit", false)) cpg.growth_limit_mib.reset();
  if (body.value("rmWarningAlert", false)) cpg.warning_mib.reset();
  if (!body.contains("LDLayout")) return;
  json layout = body.at("LDLayout");
  check_members(layout, kLayoutMembers);
  cpg.raid_type = layout.value("RAIDType", cpg.raid_type);
  cpg.set_size = layout.value("setSize", cpg.set_size);
  cpg.availability = layout.value("HA", cpg.availability);
  for (const json& pattern : layout.value("diskPatterns", json::array())) {
    // The other members choose disks, and these arrays have only one kind of them.
    json type = pattern.contains("diskType") ? json{{"diskType", pattern.at("diskType")}} : json::object();
    check_members(type, kDiskPattern);
    cpg.disk_type = type.value("diskType", cpg.disk_type);
  }
}

Cpg& addressed(Model& model, const Call& call) {
  return get_cpg_named(model, call.names.at(0));
}

}  // namespace

Answer list_cpgs(Model& model, const Call& call) {
  static const QueryFields fields = {{"id", "name", "uuid", "domain"}, {}};
  const std::optional<Query> query = asked_query(model, call, fields);
  json members = json::array();
  for (const auto& [id, cpg] : model.cpgs) {
    json object = to_json(model, cpg);
    if (!query || query->matches(object)) members.push_back(std::move(object));
  }
  return collection(std::move(members));
}

Answer get_cpg(Model& model, const Call& call) {
  return {.body = to_json(model, addressed(model, call))};
}

Answer create_cpg(Model& model, const Call& call) {
  json body = call.body;
  check_members(body, kCreate);
  Cpg cpg{.id = model.cpgs.next_id(), .name = body.at("name"), .uuid = make_uuid(), .domain = body.value("domain", "")};
  check_domain(model, cpg.domain);
  if (model.cpgs.find(cpg.name) != nullptr) throw Refusal(Code::existent_cpg);
  set_members(cpg, body);
  return created({"cpgs", model.cpgs.add(std::move(cpg)).name});
}

Answer modify_cpg(Model& model, const Call& call) {
  json body = call.body;
  check_members(body, kModify);
  Cpg& cpg = addressed(model, call);
  const std::string name = body.value("newName", cpg.name);
  if (name != cpg.name && model.cpgs.find(name) != nullptr) throw Refusal(Code::existent_cpg, "newName");
  Cpg changed = cpg;
  set_members(changed, body);
  cpg = std::move(changed);
  model.cpgs.rename(cpg, name);
  return modified({"cpgs", cpg.name});
}

Answer delete_cpg(Model& model, const Call& call) {
  const int id = addressed(model, call).id;
  const bool used = std::any_of(model.volumes.begin(), model.volumes.end(), [id](const auto& entry) {
    return entry.second.user_cpg == id || entry.second.snap_cpg == id;
  });
  if (used) throw Refusal(Code::in_use);
  model.cpgs.erase(id);
  return {};
}

void add_default_cpgs(Model& model) {
  for (const char* name : {"cpg1", "cpg2"})
    model.cpgs.add({.id = model.cpgs.next_id(), .name = name, .uuid = make_uuid(), .domain = {}});
}

Cpg& get_cpg_named(Model& model, const std::string& name, std::string ref) {
  Cpg* cpg = model.cpgs.find(name);
  if (cpg == nullptr) refuse_name(name, Code::non_existent_cpg, std::move(ref));
  return *cpg;
}

void check_domain(const Model& model, const std::string& domain) {
  if (!domain.empty() && !model.domains.contains(domain)) throw Refusal(Code::non_existent_domain, "domain");
}

std::int64_t reserved_mib(const Model& model, const Cpg& cpg) {
  std::int64_t sum = 0;
  for (const auto& [id, volume] : model.volumes)
    if (volume.user_cpg == cpg.id) sum += allocated_mib(model, volume);
  return sum;
}

}  // namespace hpe3par::sim
