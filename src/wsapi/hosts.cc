#include "hpe3par/wsapi/hosts.h"

#include <nlohmann/json.hpp>

#include "escape.h"
#include "hpe3par/wsapi/error_codes.h"
#include "resources.h"

namespace hpe3par::wsapi {

namespace {

constexpr int kGenericAlua = 2;
constexpr int kAddPaths = 1;

Host unpack(Fields& fields) {
  Host host;
  host.name = fields.text_or_empty("name");
  fields.each("iSCSIPaths", [&](Fields& path) {
    host.paths.push_back({path.text("name"), path.text_or_empty("IPAddr")});
  });
  fields.each("FCPaths", [&](Fields& path) { host.paths.push_back({path.text("wwn"), ""}); });
  return host;
}

std::string any_of(const std::vector<std::string>& values, const std::string& member) {
  std::string out;
  for (const std::string& value : values) out += (out.empty() ? "" : " OR ") + member + " EQ " + query_value(value);
  return out;
}

std::string query_for(const Initiators& initiators) {
  std::string out;
  if (!initiators.wwns.empty()) out = "FCPaths[" + any_of(initiators.wwns, "wwn") + "]";
  if (!initiators.iqns.empty()) {
    out += (out.empty() ? "" : " OR ") + ("iSCSIPaths[" + any_of(initiators.iqns, "name") + "]");
  }
  return out;
}

void put_initiators(nlohmann::json& body, const Initiators& initiators) {
  if (!initiators.wwns.empty()) body["FCWWNs"] = initiators.wwns;
  if (!initiators.iqns.empty()) body["iSCSINames"] = initiators.iqns;
}

std::string path_of(const std::string& name) {
  return "/hosts/" + encode_segment(name);
}

}  // namespace

std::optional<Host> get_host(Client& client, const std::string& name, const Deadline& deadline) {
  Host host;
  const bool found = exists(code::kNonExistentHost, [&] {
    const auto take = [&](Fields& fields, const HttpReply&) {
      fields.text("name");  // only in a list a host may be nameless
      host = unpack(fields);
    };
    get_object(client, path_of(name), "look up host " + name, take, deadline);
  });
  if (!found) return std::nullopt;
  return host;
}

std::vector<Host> get_hosts_with(Client& client, const Initiators& initiators, const Deadline& deadline) {
  std::vector<Host> hosts;
  get_collection(
      client, {"/hosts", query_for(initiators), "look for the host of our initiators", "host"}, [&] { hosts.clear(); },
      [&](Fields& fields) { hosts.push_back(unpack(fields)); }, deadline);
  return hosts;
}

Sent post_host(Client& client, const std::string& name, const Initiators& initiators, const Deadline& deadline) {
  nlohmann::json body = {{"name", name}, {"persona", kGenericAlua}};
  put_initiators(body, initiators);
  return create_object(client, "/hosts", body, "create host " + name, {}, deadline);
}

Sent put_host_paths(Client& client, const std::string& name, const Initiators& initiators, const Deadline& deadline) {
  nlohmann::json body = {{"pathOperation", kAddPaths}};
  put_initiators(body, initiators);
  return change_object(client, path_of(name), body, "add initiators to host " + name, deadline);
}

}  // namespace hpe3par::wsapi
