#include "hosts.h"

#include <algorithm>

#include "cpgs.h"
#include "errors.h"
#include "host_rules.h"
#include "ports.h"
#include "query.h"
#include "sets.h"
#include "validate.h"
#include "vluns.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

constexpr std::string_view kLoopPrefix = "iqn.2026-01.hpe3par.loop:";

const QueryFields& query_fields() {
  static const QueryFields fields = {{"id", "name", "domain", "persona", "initiatorChapEnabled", "targetChapEnabled"},
                                     {{"FCPaths", {"wwn", "hostSpeed"}},
                                      {"iSCSIPaths", {"name", "IPAddr", "hostSpeed"}},
                                      {"NVMETCPPaths", {"NQN", "IPAddr"}}}};
  return fields;
}

bool is_logged_in(const ArrayHost& host, const HostPath& path) {
  return host.logged_in.value_or(path.name.starts_with(kLoopPrefix));
}

// NVMe over TCP comes in through the same ports as iSCSI.
void add_logins(std::vector<Login>& logins, const Model& model, const ArrayHost& host,
                const std::vector<HostPath>& paths, Protocol protocol) {
  for (const HostPath& path : paths)
    for (const Port& port : model.ports)
      if (port.protocol == protocol && is_logged_in(host, path)) logins.push_back({&path, &port});
}

// One entry per login, and one without a port for a path that is not logged in anywhere.
json paths_json(const Model& model, const ArrayHost& host, const std::vector<HostPath>& paths, Protocol protocol,
                const char* name_member) {
  json entries = json::array();
  for (const HostPath& path : paths) {
    json entry = {{name_member, path.name}, {"hostSpeed", 0}};
    const bool logged_in = is_logged_in(host, path);
    if (protocol != Protocol::fc) entry["IPAddr"] = logged_in ? path.address : "0.0.0.0";
    if (!logged_in) entries.push_back(entry);
    for (const Port& port : model.ports) {
      if (!logged_in || port.protocol != protocol) continue;
      entry["portPos"] = to_json(port.position);
      entries.push_back(entry);
    }
  }
  return entries;
}

json to_json(const Model& model, const ArrayHost& host) {
  json object = {{"id", host.id},
                 {"name", host.name},
                 {"persona", host.persona},
                 {"FCPaths", paths_json(model, host, host.fc_paths, Protocol::fc, "wwn")},
                 {"iSCSIPaths", paths_json(model, host, host.iscsi_paths, Protocol::iscsi, "name")},
                 {"initiatorChapEnabled", host.initiator_chap.has_value()},
                 {"targetChapEnabled", host.target_chap.has_value()}};
  if (!host.nvme_paths.empty())
    object["NVMETCPPaths"] = paths_json(model, host, host.nvme_paths, Protocol::iscsi, "NQN");
  if (!host.domain.empty()) object["domain"] = host.domain;
  if (!host.descriptors.empty()) object["descriptors"] = host.descriptors;
  if (host.initiator_chap) object["initiatorChapName"] = host.initiator_chap->name;
  if (host.target_chap) object["targetChapName"] = host.target_chap->name;
  object["links"] =
      json::array({{{"href", "/api/v1/hostpersonas?query=\"wsapiAssignedId EQ " + std::to_string(host.persona) + "\""},
                    {"rel", "personaInfo"}}});
  return object;
}

bool has_path(const std::vector<HostPath>& paths, const std::string& name) {
  return std::any_of(paths.begin(), paths.end(), [&](const HostPath& path) { return path.name == name; });
}

// Also a path of the very host counts: arrays do not add one twice.
void refuse_taken(const Model& model, const NamedPaths& paths) {
  for (const auto& [id, host] : model.hosts) {
    for (const std::string& wwn : paths.fc)
      if (has_path(host.fc_paths, wwn)) throw Refusal(Code::existent_path, "FCWWNs");
    for (const std::string& iqn : paths.iscsi)
      if (has_path(host.iscsi_paths, iqn)) throw Refusal(Code::existent_path, "iSCSINames");
    for (const std::string& nqn : paths.nvme)
      if (has_path(host.nvme_paths, nqn)) throw Refusal(Code::existent_path, "NQN");
  }
}

void add_paths(const Model& model, ArrayHost& host, const NamedPaths& paths, const std::string& address) {
  refuse_taken(model, paths);
  for (const std::string& wwn : paths.fc) host.fc_paths.push_back({wwn, address});
  for (const std::string& iqn : paths.iscsi) host.iscsi_paths.push_back({iqn, address});
  for (const std::string& nqn : paths.nvme) host.nvme_paths.push_back({nqn, address});
}

std::vector<HostPath> without(std::vector<HostPath> paths, const std::vector<std::string>& names, const char* ref) {
  for (const std::string& name : names) {
    if (!has_path(paths, name)) throw Refusal(Code::non_existent_path, ref);
    std::erase_if(paths, [&](const HostPath& path) { return path.name == name; });
  }
  return paths;
}

void remove_paths(ArrayHost& host, const NamedPaths& paths) {
  auto fc = without(host.fc_paths, paths.fc, "FCWWNs");
  auto iscsi = without(host.iscsi_paths, paths.iscsi, "iSCSINames");
  auto nvme = without(host.nvme_paths, paths.nvme, "NQN");
  host.fc_paths = std::move(fc);
  host.iscsi_paths = std::move(iscsi);
  host.nvme_paths = std::move(nvme);
}

void set_chap(ArrayHost& host, const json& body) {
  const Chap chap{body.value("chapName", host.name), body.at("chapSecret")};
  if (body.at("chapOperationMode") == 1) {
    host.initiator_chap = chap;
  } else {
    // The array proves itself only to hosts that prove themselves.
    if (!host.initiator_chap) throw Refusal(Code::invalid_input, "chapOperationMode");
    host.target_chap = chap;
  }
}

void clear_chap(ArrayHost& host, const json& body) {
  host.target_chap.reset();
  if (!body.value("chapRemoveTargetOnly", false)) host.initiator_chap.reset();
}

void set_members(ArrayHost& host, const json& body) {
  host.persona = body.value("persona", host.persona);
  const json descriptors = body.value("descriptors", json::object());
  for (const auto& [name, value] : descriptors.items()) host.descriptors[name] = value.get<std::string>();
}

void rename(Model& model, ArrayHost& host, const std::string& name) {
  if (name == host.name) return;
  if (model.hosts.find(name) != nullptr) throw Refusal(Code::existent_host, "newName");
  hide_from_host(model, host.id);
  model.hosts.rename(host, name);
  for (const Vlun& vlun : model.vluns) show_to_hosts(model, vlun);
}

ArrayHost& addressed(Model& model, const Call& call) {
  return get_host_named(model, call.names.at(0));
}

}  // namespace

std::vector<Login> logins_of(const Model& model, const ArrayHost& host) {
  std::vector<Login> logins;
  add_logins(logins, model, host, host.fc_paths, Protocol::fc);
  add_logins(logins, model, host, host.iscsi_paths, Protocol::iscsi);
  add_logins(logins, model, host, host.nvme_paths, Protocol::iscsi);
  return logins;
}

Answer list_hosts(Model& model, const Call& call) {
  const std::optional<Query> query = asked_query(model, call, query_fields());
  json members = json::array();
  for (const auto& [id, host] : model.hosts) {
    json object = to_json(model, host);
    if (!query || query->matches(object)) members.push_back(std::move(object));
  }
  return collection(std::move(members));
}

Answer get_host(Model& model, const Call& call) {
  return {.body = to_json(model, addressed(model, call))};
}

Answer create_host(Model& model, const Call& call) {
  json body = call.body;
  check_new_host(body);
  check_domain(model, body.value("domain", ""));
  ArrayHost host{.id = model.hosts.next_id(), .name = body.at("name"), .domain = body.value("domain", "")};
  if (model.hosts.find(host.name) != nullptr) throw Refusal(Code::existent_host, "name");
  add_paths(model, host, paths_in(body), call.client_address);
  set_members(host, body);
  const std::string& name = model.hosts.add(std::move(host)).name;
  refresh_port_exports(model);
  return created({"hosts", name});
}

Answer modify_host(Model& model, const Call& call) {
  json body = call.body;
  const HostChange change = check_host_change(body);
  const NamedPaths paths = paths_in(body);
  ArrayHost& host = addressed(model, call);
  switch (change) {
    case HostChange::add_paths: add_paths(model, host, paths, call.client_address); break;
    case HostChange::remove_paths: remove_paths(host, paths); break;
    case HostChange::set_chap: set_chap(host, body); break;
    case HostChange::clear_chap: clear_chap(host, body); break;
    case HostChange::members:
      rename(model, host, body.value("newName", host.name));
      set_members(host, body);
      break;
  }
  refresh_port_exports(model);
  return modified({"hosts", host.name});
}

Answer delete_host(Model& model, const Call& call) {
  const int id = addressed(model, call).id;
  const bool exported =
      std::any_of(model.vluns.begin(), model.vluns.end(), [id](const Vlun& v) { return v.host == id; });
  if (exported) throw Refusal(Code::exported_vlun);
  if (is_member(model.host_sets, id)) throw Refusal(Code::host_in_set);
  hide_from_host(model, id);
  model.hosts.erase(id);
  return {};
}

ArrayHost& get_host_named(Model& model, const std::string& name, std::string ref) {
  ArrayHost* host = model.hosts.find(name);
  if (host == nullptr) refuse_name(name, Code::non_existent_host, std::move(ref));
  return *host;
}

}  // namespace hpe3par::sim
