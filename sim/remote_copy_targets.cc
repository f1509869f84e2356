#include "remote_copy_targets.h"

#include "errors.h"
#include "fabric.h"
#include "remote_copy_json.h"
#include "validate.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

std::vector<std::string> targets_of(const Model& model) {
  std::vector<std::string> names;
  if (model.fabric == nullptr) return names;
  for (const Link& link : model.fabric->links) {
    if (link.a == model.identity.name) names.push_back(link.b);
    if (link.b == model.identity.name) names.push_back(link.a);
  }
  return names;
}

json target_json(const Model& model, const std::string& name) {
  constexpr int kIp = 1, kReady = 3, kFailed = 5;
  const bool ready = can_talk(*model.fabric, model, *model.fabric->models.at(name));
  return {{"name", name},
          {"type", kIp},
          {"status", ready ? kReady : kFailed},
          {"policies", {{"mirrorConfig", !model.unmirrored_targets.contains(name)}}},
          {"quorumIpAddress", "192.0.2.253"},
          {"links", links_to(model, name)}};
}

const std::string& addressed(const std::vector<std::string>& targets, const Call& call) {
  for (const std::string& name : targets)
    if (name == call.names.at(0)) return name;
  refuse_name(call.names.at(0), Code::non_existent_rcopy_target);
}

json all_links(const Model& model) {
  json all = json::array();
  for (const std::string& target : targets_of(model)) {
    const json links = links_to(model, target);
    all.insert(all.end(), links.begin(), links.end());
  }
  return all;
}

}  // namespace

Answer get_remote_copy(Model&, const Call&) {
  constexpr int kNormal = 2, kStarted = 1;
  json body = {{"mode", kNormal}, {"status", kStarted}, {"asyncEnabled", false}};
  body["links"] = json::array({{{"href", "/api/v1/remotecopy"}, {"rel", "self"}}});
  return {.body = std::move(body)};
}

Answer list_copy_targets(Model& model, const Call&) {
  json members = json::array();
  for (const std::string& name : targets_of(model)) members.push_back(target_json(model, name));
  return collection(std::move(members));
}

Answer get_copy_target(Model& model, const Call& call) {
  const std::vector<std::string> targets = targets_of(model);
  return {.body = target_json(model, addressed(targets, call))};
}

Answer modify_copy_target(Model& model, const Call& call) {
  static constexpr MemberRule kRules[] = {{.name = "policies", .type = MemberType::object, .required = true}};
  static constexpr MemberRule kPolicies[] = {{.name = "mirrorConfig", .type = MemberType::boolean, .required = true}};
  const std::vector<std::string> targets = targets_of(model);
  const std::string& name = addressed(targets, call);
  json body = call.body;
  check_members(body, kRules);
  check_members(body["policies"], kPolicies);
  if (body.at("policies").at("mirrorConfig").get<bool>())
    model.unmirrored_targets.erase(name);
  else
    model.unmirrored_targets.insert(name);
  return modified({"remotecopytargets", name});
}

Answer list_copy_links(Model& model, const Call&) {
  return collection(all_links(model));
}

Answer get_copy_link(Model& model, const Call& call) {
  const json links = all_links(model);
  for (const json& link : links)
    if (link.at("name") == call.names.at(0)) return {.body = link};
  refuse_name(call.names.at(0), Code::non_existent_rcopy_link);
}

}  // namespace hpe3par::sim
