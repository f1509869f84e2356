#include "router.h"

#include "capacity.h"
#include "cpgs.h"
#include "flash_cache.h"
#include "hosts.h"
#include "object_keys.h"
#include "percent.h"
#include "ports.h"
#include "qos.h"
#include "remote_copy_actions.h"
#include "remote_copy_groups.h"
#include "remote_copy_members.h"
#include "remote_copy_targets.h"
#include "sets.h"
#include "system.h"
#include "tasks.h"
#include "vluns.h"
#include "volumes.h"

namespace hpe3par::sim {
namespace {

using Special = Destination::Special;

struct Route {
  std::string_view method;
  std::string_view pattern;
  Operation operation;
  Special special = Special::none;
};

// Every route whole, so that it can be searched for.
constexpr Route kRoutes[] = {
    {"GET", "/api", nullptr, Special::api},
    {"POST", "/api/v1/credentials", nullptr, Special::login},
    {"DELETE", "/api/v1/credentials/{key}", nullptr, Special::logout},
    {"GET", "/api/v1/wsapiconfiguration", nullptr, Special::configuration},
    {"GET", "/api/v1/system", get_system},
    {"GET", "/api/v1/capacity", get_capacity},
    {"POST", "/api/v1/spacereporter", report_space},
    {"POST", "/api/v1", create_flash_cache},
    {"GET", "/api/v1/flashcache", get_flash_cache},
    {"DELETE", "/api/v1/flashcache", delete_flash_cache},
    {"GET", "/api/v1/cpgs", list_cpgs},
    {"POST", "/api/v1/cpgs", create_cpg},
    {"GET", "/api/v1/cpgs/{name}", get_cpg},
    {"PUT", "/api/v1/cpgs/{name}", modify_cpg},
    {"DELETE", "/api/v1/cpgs/{name}", delete_cpg},
    {"GET", "/api/v1/volumes", list_volumes},
    {"POST", "/api/v1/volumes", create_volume},
    {"GET", "/api/v1/volumes/{name}", get_volume},
    {"PUT", "/api/v1/volumes/{name}", modify_volume},
    {"DELETE", "/api/v1/volumes/{name}", delete_volume},
    {"GET", "/api/v1/volumes/{name}/objectKeyValues", list_object_keys},
    {"POST", "/api/v1/volumes/{name}/objectKeyValues", create_object_key},
    {"GET", "/api/v1/volumes/{name}/objectKeyValues/{key}", get_object_key},
    {"PUT", "/api/v1/volumes/{name}/objectKeyValues/{key}", modify_object_key},
    {"DELETE", "/api/v1/volumes/{name}/objectKeyValues/{key}", delete_object_key},
    {"GET", "/api/v1/volumesets", list_volume_sets},
    {"POST", "/api/v1/volumesets", create_volume_set},
    {"GET", "/api/v1/volumesets/{name}", get_volume_set},
    {"PUT", "/api/v1/volumesets/{name}", modify_volume_set},
    {"DELETE", "/api/v1/volumesets/{name}", delete_volume_set},
    {"GET", "/api/v1/qos", list_qos_rules},
    {"POST", "/api/v1/qos", create_qos_rule},
    {"GET", "/api/v1/qos/{target}", get_qos_rule},
    {"PUT", "/api/v1/qos/{target}", modify_qos_rule},
    {"DELETE", "/api/v1/qos/{target}", delete_qos_rule},
    {"GET", "/api/v1/hosts", list_hosts},
    {"POST", "/api/v1/hosts", create_host},
    {"GET", "/api/v1/hosts/{name}", get_host},
    {"PUT", "/api/v1/hosts/{name}", modify_host},
    {"DELETE", "/api/v1/hosts/{name}", delete_host},
    {"GET", "/api/v1/hostsets", list_host_sets},
    {"POST", "/api/v1/hostsets", create_host_set},
    {"GET", "/api/v1/hostsets/{name}", get_host_set},
    {"PUT", "/api/v1/hostsets/{name}", modify_host_set},
    {"DELETE", "/api/v1/hostsets/{name}", delete_host_set},
    {"GET", "/api/v1/ports", list_ports},
    {"GET", "/api/v1/ports/{id}", get_port},
    {"GET", "/api/v1/ports/{id}/iSCSIVlans", list_vlans},
    {"GET", "/api/v1/ports/{id}/iSCSIVlans/{tag}", get_vlan},
    {"GET", "/api/v1/vluns", list_vluns},
    {"POST", "/api/v1/vluns", create_vlun},
    {"GET", "/api/v1/vluns/{id}", get_vlun},
    {"DELETE", "/api/v1/vluns/{id}", delete_vlun},
    {"GET", "/api/v1/tasks", list_tasks},
    {"GET", "/api/v1/tasks/{id}", get_task},
    {"PUT", "/api/v1/tasks/{id}", modify_task},
    {"GET", "/api/v1/remotecopy", get_remote_copy},
    {"GET", "/api/v1/remotecopytargets", list_copy_targets},
    {"GET", "/api/v1/remotecopytargets/{name}", get_copy_target},
    {"PUT", "/api/v1/remotecopytargets/{name}", modify_copy_target},
    {"GET", "/api/v1/remotecopylinks", list_copy_links},
    {"GET", "/api/v1/remotecopylinks/{name}", get_copy_link},
    {"GET", "/api/v1/remotecopygroups", list_copy_groups},
    {"POST", "/api/v1/remotecopygroups", create_copy_group},
    {"GET", "/api/v1/remotecopygroups/{name}", get_copy_group},
    {"PUT", "/api/v1/remotecopygroups/{name}", modify_copy_group},
    {"POST", "/api/v1/remotecopygroups/{name}", change_copy_group_roles},
    {"DELETE", "/api/v1/remotecopygroups/{name}", delete_copy_group},
    {"GET", "/api/v1/remotecopygroups/{name}/volumes", list_copy_group_volumes},
    {"POST", "/api/v1/remotecopygroups/{name}/volumes", add_copy_group_volume},
    {"GET", "/api/v1/remotecopygroups/{name}/volumes/{volume}", get_copy_group_volume},
    {"DELETE", "/api/v1/remotecopygroups/{name}/volumes/{volume}", remove_copy_group_volume},
    {"GET", "/api/v1/remotecopygroups/{name}/targets", list_copy_group_targets},
    {"GET", "/api/v1/remotecopygroups/{name}/targets/{target}", get_copy_group_target},
    {"PUT", "/api/v1/remotecopygroups/{name}/targets/{target}", modify_copy_group_target},
};

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const std::size_t slash = path.find('/', 1);
    parts.push_back(path.substr(1, slash == std::string_view::npos ? slash : slash - 1));
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash);
  }
  return parts;
}

bool is_placeholder(std::string_view part) {
  return part.starts_with('{');
}

bool fits(const std::vector<std::string_view>& pattern, const std::vector<std::string_view>& parts) {
  if (pattern.size() != parts.size()) return false;
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (is_placeholder(pattern[i]) ? parts[i].empty() : pattern[i] != parts[i]) return false;
  return true;
}

std::vector<std::string> placeholders(const std::vector<std::string_view>& pattern,
                                      const std::vector<std::string_view>& parts) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (is_placeholder(pattern[i])) names.push_back(percent_decoded(parts[i]));
  return names;
}

}  // namespace

Destination find_destination(std::string_view method, std::string_view path) {
  path = path.substr(0, path.find_first_of("?#"));
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  Destination destination{.route = std::string(path)};
  const std::vector<std::string_view> parts = split(path);
  for (const Route& route : kRoutes) {
    const std::vector<std::string_view> pattern = split(route.pattern);
    if (!fits(pattern, parts)) continue;
    destination.known = true;
    destination.route = route.pattern;
    destination.names = placeholders(pattern, parts);
    if (route.method != method) continue;
    destination.operation = route.operation;
    destination.special = route.special;
    break;
  }
  return destination;
}

}  // namespace hpe3par::sim
