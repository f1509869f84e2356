#include "vluns.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "errors.h"
#include "hosts.h"
#include "ports.h"
#include "query.h"
#include "remote_copy_pair.h"
#include "validate.h"
#include "volumes.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

constexpr int kMaxLun = 16383;
constexpr std::string_view kSetPrefix = "set:";

constexpr MemberRule kCreate[] = {
    {.name = "volumeName",
     .type = MemberType::string,
     .required = true,
     .max_length = 31,
     .letters = Letters::set_name},
    {.name = "lun", .type = MemberType::integer, .min = 0},
    {.name = "hostname", .type = MemberType::string, .max_length = 31, .letters = Letters::set_name},
    {.name = "portPos", .type = MemberType::object},
    {.name = "noVcn", .type = MemberType::boolean},
    {.name = "overrideLowerPriority", .type = MemberType::boolean},
    {.name = "autoLun", .type = MemberType::boolean},
    {.name = "maxAutoLun", .type = MemberType::integer, .min = 0, .max = kMaxLun}};
constexpr MemberRule kPortPos[] = {
    {.name = "node", .type = MemberType::integer, .required = true, .min = 0, .max = 99},
    {.name = "slot", .type = MemberType::integer, .required = true, .min = 0, .max = 99},
    {.name = "cardPort", .type = MemberType::integer, .required = true, .min = 0, .max = 99}};

const QueryFields& query_fields() {
  static const QueryFields fields = {{"lun", "volumeName", "hostname", "remoteName", "type", "volumeWWN", "active",
                                      "serial", "multipathing", "failedPathPol", "failedPathInterval"},
                                     {}};
  return fields;
}

// Whoever is logged in there, within the volume's domain.
std::vector<int> hosts_at_port(const Model& model, const Vlun& vlun) {
  std::vector<int> hosts;
  for (const auto& [id, host] : model.hosts) {
    if (host.domain != model.volumes.at(vlun.volume).domain) continue;
    const std::vector<Login> logins = logins_of(model, host);
    if (std::any_of(logins.begin(), logins.end(), [&](const Login& l) { return l.port->position == vlun.port; }))
      hosts.push_back(id);
  }
  return hosts;
}

bool is_for_a_port_alone(const Vlun& vlun) {
  return !vlun.host && !vlun.host_set;
}

// The hosts that see a VLUN.
std::vector<int> hosts_of(const Model& model, const Vlun& vlun) {
  if (vlun.host) return {*vlun.host};
  if (vlun.host_set) return model.host_sets.at(*vlun.host_set).members;
  return hosts_at_port(model, vlun);
}

bool share_a_host(const Model& model, const Vlun& a, const Vlun& b) {
  if (is_for_a_port_alone(a) && is_for_a_port_alone(b)) return true;
  const std::vector<int> of_a = hosts_of(model, a), of_b = hosts_of(model, b);
  if (of_a.empty() && of_b.empty()) return a.host_set == b.host_set;
  return std::any_of(of_a.begin(), of_a.end(),
                     [&](int host) { return std::find(of_b.begin(), of_b.end(), host) != of_b.end(); });
}

// Whether a host could meet both on one path.
bool overlap(const Model& model, const Vlun& a, const Vlun& b) {
  return (!a.port || !b.port || a.port == b.port) && share_a_host(model, a, b);
}

bool are_of_one_kind(const Vlun& a, const Vlun& b) {
  return a.port.has_value() == b.port.has_value() && is_for_a_port_alone(a) == is_for_a_port_alone(b);
}

// A volume may be exported to a host as a whole and, besides, through one port of it and to a port; nothing else twice.
bool collides(const Model& model, const Vlun& a, const Vlun& b) {
  if (!overlap(model, a, b)) return false;
  return a.volume == b.volume ? are_of_one_kind(a, b) : a.lun == b.lun;
}

std::string host_text(const Model& model, const Vlun& vlun) {
  if (vlun.host) return model.hosts.at(*vlun.host).name;
  if (vlun.host_set) return std::string(kSetPrefix) + model.host_sets.at(*vlun.host_set).name;
  return {};
}

int type_of(const Vlun& vlun) {
  constexpr int kPort = 2, kHost = 3, kMatchedSet = 4, kHostSet = 5;
  if (vlun.host_set) return kHostSet;
  if (!vlun.host) return kPort;
  return vlun.port ? kMatchedSet : kHost;
}

json template_json(const Model& model, const Vlun& vlun) {
  const Volume& volume = model.volumes.at(vlun.volume);
  json object = {{"lun", vlun.lun},   {"volumeName", volume.name}, {"type", type_of(vlun)},   {"volumeWWN", volume.wwn},
                 {"multipathing", 1}, {"failedPathPol", 1},        {"failedPathInterval", 0}, {"active", false}};
  const std::string host = host_text(model, vlun);
  if (!host.empty()) object["hostname"] = host;
  if (vlun.port) object["portPos"] = to_json(*vlun.port);
  return object;
}

void add_active(json& entries, const Model& model, const Vlun& vlun, const json& base) {
  if (!model.site_up) return;
  for (const int id : hosts_of(model, vlun)) {
    const ArrayHost& host = model.hosts.at(id);
    for (const Login& login : logins_of(model, host)) {
      if (vlun.port && *vlun.port != login.port->position) continue;
      json entry = base;
      entry["active"] = true;
      entry["hostname"] = host.name;
      entry["remoteName"] = login.path->name;
      entry["portPos"] = to_json(login.port->position);
      entries.push_back(std::move(entry));
    }
  }
}

json entries_of(const Model& model, const Vlun& vlun) {
  const json base = template_json(model, vlun);
  json entries = json::array();
  add_active(entries, model, vlun, base);
  entries.push_back(base);
  return entries;
}

int resolve_host_set(Model& model, const std::string& name) {
  const ObjectSet* set = model.host_sets.find(name);
  if (set == nullptr) throw Refusal(Code::non_existent_set, "hostname");
  return set->id;
}

void resolve_host(Model& model, Vlun& vlun, const std::string& name) {
  if (name.starts_with(kSetPrefix))
    vlun.host_set = resolve_host_set(model, name.substr(kSetPrefix.size()));
  else if (!name.empty())
    vlun.host = get_host_named(model, name, "hostname").id;
}

PortPos checked_port(const Model& model, json position) {
  check_members(position, kPortPos);
  const PortPos p = parse_port_pos(position.at("node").dump() + ":" + position.at("slot").dump() + ":" +
                                   position.at("cardPort").dump());
  const Port* port = find_port(model, p);
  if (port == nullptr) throw Refusal(Code::non_existent_port, "portPos");
  if (port->protocol == Protocol::ip) throw Refusal(Code::bad_port_type, "portPos");
  return p;
}

void check_same_domain(const Model& model, const Vlun& vlun) {
  if (is_for_a_port_alone(vlun)) return;
  const std::string& domain = model.volumes.at(vlun.volume).domain;
  for (const int id : hosts_of(model, vlun))
    if (model.hosts.at(id).domain != domain)
      throw Refusal(Code::other, "hostname", "volume and host must be in the same domain");
}

// Hosts would meet a copy that changes under them, and that they may not write to.
void check_may_be_exported(const Model& model, int volume) {
  const CopyGroup* group = group_of(model, volume);
  if (group != nullptr && group->side.role == Role::secondary && !manages_paths(*group))
    throw Refusal(Code::volume_in_remote_copy, "volumeName");
}

int lowest_free_lun(const Model& model, const Vlun& wanted, int first, int last) {
  std::set<int> used;
  for (const Vlun& vlun : model.vluns)
    if (overlap(model, wanted, vlun)) used.insert(vlun.lun);
  for (int lun = first; lun <= last; ++lun)
    if (!used.contains(lun)) return lun;
  throw Refusal(Code::auto_lun_unavailable);
}

void check_create(json& body) {
  check_members(body, kCreate);
  if (!body.contains("lun") && !body.value("autoLun", false)) throw Refusal(Code::missing_required, "lun");
  if (body.value("lun", std::int64_t{0}) > kMaxLun) throw Refusal(Code::too_large, "lun");
  if (!body.contains("hostname") && !body.contains("portPos"))
    throw Refusal(Code::missing_required, "hostname,portPos");
  if (body.at("volumeName").get_ref<const std::string&>().starts_with(kSetPrefix))
    throw Refusal(Code::unsupported_operation, "volumeName");
}

std::string id_text(const Model& model, const Vlun& vlun) {
  std::string id = model.volumes.at(vlun.volume).name + "," + std::to_string(vlun.lun);
  const std::string host = host_text(model, vlun);
  if (!host.empty() || vlun.port) id += "," + host;
  if (vlun.port) id += "," + to_text(*vlun.port);
  return id;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts{""};
  for (const char c : text) {
    if (c == ',')
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

int parse_lun(const std::string& text) {
  int lun = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), lun);
  if (error != std::errc() || end != text.data() + text.size()) throw Refusal(Code::invalid_input, "lun");
  return lun;
}

// `vol,lun[,host][,n:s:p]`; the parts are looked up from left to right, except that a bad port is found at once.
std::vector<Vlun>::iterator addressed(Model& model, const Call& call) {
  const std::vector<std::string> parts = split(call.names.at(0));
  if (parts.size() < 2 || parts.size() > 4) throw Refusal(Code::invalid_input);
  Vlun wanted;
  wanted.lun = parse_lun(parts[1]);
  if (parts.size() == 4 && !parts[3].empty()) wanted.port = parse_port_pos(parts[3]);
  wanted.volume = get_volume_named(model, parts[0]).id;
  if (parts.size() >= 3) resolve_host(model, wanted, parts[2]);
  const auto found = std::find_if(model.vluns.begin(), model.vluns.end(), [&](const Vlun& vlun) {
    return vlun.volume == wanted.volume && vlun.lun == wanted.lun && vlun.host == wanted.host &&
           vlun.host_set == wanted.host_set && vlun.port == wanted.port;
  });
  if (found == model.vluns.end()) throw Refusal(Code::non_existent_vlun);
  return found;
}

void show_file(Model& model, int host, int volume) {
  const std::string& wwn = model.volumes.at(volume).wwn;
  const std::string& name = model.hosts.at(host).name;
  const Access access = host_access(model, volume);
  if (access == Access::none) return model.files.unexport(name, wwn);
  if (access == Access::read)
    model.files.protect(wwn);
  else
    model.files.unprotect(wwn);
  model.files.export_to(name, wwn);
}

// The file is there as long as any VLUN shows the volume to the host.
void refresh_file(Model& model, int host, int volume) {
  const bool visible = std::any_of(model.vluns.begin(), model.vluns.end(), [&](const Vlun& vlun) {
    const std::vector<int> hosts = hosts_of(model, vlun);
    return vlun.volume == volume && std::find(hosts.begin(), hosts.end(), host) != hosts.end();
  });
  if (visible && model.site_up)
    show_file(model, host, volume);
  else
    model.files.unexport(model.hosts.at(host).name, model.volumes.at(volume).wwn);
}

}  // namespace

Answer list_vluns(Model& model, const Call& call) {
  const std::optional<Query> query = asked_query(model, call, query_fields());
  const auto volume = query ? query->demanded("volumeName") : std::nullopt;
  json members = json::array();
  for (const Vlun& vlun : model.vluns) {
    // Saves making objects of the other volumes' exports only to drop them.
    if (volume && model.volumes.at(vlun.volume).name != *volume) continue;
    for (json& entry : entries_of(model, vlun))
      if (!query || query->matches(entry)) members.push_back(std::move(entry));
  }
  return collection(std::move(members), true);
}

Answer get_vlun(Model& model, const Call& call) {
  return {.body = template_json(model, *addressed(model, call))};
}

Answer create_vlun(Model& model, const Call& call) {
  json body = call.body;
  check_create(body);
  Vlun vlun;
  vlun.volume = get_volume_named(model, body.at("volumeName"), "volumeName").id;
  resolve_host(model, vlun, body.value("hostname", ""));
  if (body.contains("portPos")) vlun.port = checked_port(model, body.at("portPos"));
  check_same_domain(model, vlun);
  check_may_be_exported(model, vlun.volume);
  vlun.lun = body.value("lun", 0);
  const auto collision = [&](bool any_lun) {
    return std::any_of(model.vluns.begin(), model.vluns.end(), [&](const Vlun& other) {
      return collides(model, vlun, other) && (!any_lun || other.volume == vlun.volume);
    });
  };
  const bool automatic = body.value("autoLun", false);
  if (collision(automatic)) throw Refusal(Code::existent_lun);
  if (automatic) {
    const int last = body.value("maxAutoLun", 0);
    vlun.lun = lowest_free_lun(model, vlun, vlun.lun, last == 0 ? kMaxLun : last);
  }
  show_to_hosts(model, vlun);
  model.vluns.push_back(vlun);
  return created({"vluns", id_text(model, vlun)});
}

Answer delete_vlun(Model& model, const Call& call) {
  const auto found = addressed(model, call);
  const Vlun vlun = *found;
  const std::vector<int> hosts = hosts_of(model, vlun);
  model.vluns.erase(found);
  for (const int host : hosts) refresh_file(model, host, vlun.volume);
  model.volumes.at(vlun.volume).busy_until = model.clock.now() + model.behaviour.in_use_after_unexport;
  return {};
}

json vlun_templates(const Model& model) {
  json templates = json::array();
  for (const Vlun& vlun : model.vluns) templates.push_back(template_json(model, vlun));
  return templates;
}

bool is_exported(const Model& model, int volume) {
  return std::any_of(model.vluns.begin(), model.vluns.end(), [volume](const Vlun& v) { return v.volume == volume; });
}

void show_to_hosts(Model& model, const Vlun& vlun) {
  if (!model.site_up) return;
  for (const int host : hosts_of(model, vlun)) show_file(model, host, vlun.volume);
}

void refresh_exports_of(Model& model, int volume) {
  for (const Vlun& vlun : model.vluns)
    if (vlun.volume == volume)
      for (const int host : hosts_of(model, vlun)) refresh_file(model, host, volume);
}

void hide_from_host(Model& model, int host) {
  for (const Vlun& vlun : model.vluns)
    model.files.unexport(model.hosts.at(host).name, model.volumes.at(vlun.volume).wwn);
}

void refresh_port_exports(Model& model) {
  for (const Vlun& vlun : model.vluns) {
    if (!is_for_a_port_alone(vlun)) continue;
    for (const auto& [id, host] : model.hosts) refresh_file(model, id, vlun.volume);
  }
}

void refresh_set_exports(Model& model, const ObjectSet& set, const std::vector<int>& members_before) {
  for (const Vlun& vlun : model.vluns) {
    if (vlun.host_set != set.id) continue;
    for (const int host : set.members) refresh_file(model, host, vlun.volume);
    for (const int host : members_before) refresh_file(model, host, vlun.volume);
  }
}

}  // namespace hpe3par::sim
