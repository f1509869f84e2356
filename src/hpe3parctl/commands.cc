#include "commands.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "client.h"
#include "table.h"
#include "views.h"

namespace hpe3par::ctl {
namespace {

using nlohmann::json;

std::string to_text(const json& body) {
  return body.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

bool has_text(const json& object, const std::string& member) {
  return object.is_object() && object.contains(member) && object[member].is_string();
}

/// @param key a text that each object of the list has
void expect_list(const Client& client, const json& body, const std::string& member, const std::string& key) {
  if (!body.contains(member) || !body[member].is_array()) client.complain("no list " + member);
  for (const json& each : body[member])
    if (!has_text(each, key)) client.complain("a list " + member + " of something else");
}

json get_list(const Client& client, const std::string& path, const std::string& member, const std::string& key) {
  json body = client.get(path);
  expect_list(client, body, member, key);
  return body;
}

json get_volume(const Client& client, const std::string& name) {
  json volume = client.get("/v1/volumes/" + percent_encoded(name));
  if (!has_text(volume, "name") || volume["name"] != name) client.complain("not the volume that was asked for");
  return volume;
}

Outcome show_status(const CommandLine& line, const Client& client) {
  const json status = get_list(client, "/v1/status", "arrays", "name");
  expect_list(client, status, "clean_up", "volume");
  return {line.format == Format::json ? to_text(status) : status_view(status, !line.no_header), "", ExitStatus::done};
}

Outcome list_backends(const CommandLine& line, const Client& client) {
  const json body = get_list(client, "/v1/backends", "backends", "name");
  return {line.format == Format::json ? to_text(body) : backends_view(body["backends"], !line.no_header), "",
          ExitStatus::done};
}

Outcome list_clean_up(const CommandLine& line, const Client& client) {
  const json body = get_list(client, "/v1/cleanup", "clean_up", "volume");
  return {line.format == Format::json ? to_text(body) : clean_up_view(body["clean_up"], !line.no_header), "",
          ExitStatus::done};
}

Outcome list_volumes(const CommandLine& line, const Client& client) {
  const json body = get_list(client, "/v1/volumes", "volumes", "name");
  expect_list(client, body, "silent_arrays", "name");
  Outcome outcome;
  if (line.names_only) {
    outcome.output = names_view(body["volumes"]);
  } else if (line.format == Format::json) {
    outcome.output = to_text(body);
  } else {
    outcome.output = volumes_view(body["volumes"], !line.no_header);
  }
  outcome.warnings = silence_warnings(body["silent_arrays"]);
  return outcome;
}

// All that can be shown is shown; a volume that is asked for twice is shown once.
Outcome inspect_volumes(const CommandLine& line, const Client& client) {
  Outcome outcome;
  json volumes = json::array();
  std::vector<std::string> asked;
  for (const std::string& name : line.volumes) {
    if (std::find(asked.begin(), asked.end(), name) != asked.end()) continue;
    asked.push_back(name);
    try {
      volumes.push_back(get_volume(client, name));
    } catch (const Failure& failure) {
      if (failure.status() != ExitStatus::failed) throw;
      outcome.warnings += "volume " + printable(name) + ": " + failure.what() + "\n";
      outcome.status = ExitStatus::failed;
    }
  }
  outcome.output = line.format == Format::json ? to_text({{"volumes", volumes}}) : details_view(volumes);
  return outcome;
}

}  // namespace

Outcome run_command(const CommandLine& line) {
  const Client client(line.admin_socket ? *line.admin_socket : default_socket(), line.patience);
  if (line.command == "status") return show_status(line, client);
  if (line.command == "backend ls") return list_backends(line, client);
  if (line.command == "volume ls") return list_volumes(line, client);
  if (line.command == "volume inspect") return inspect_volumes(line, client);
  if (line.command == "cleanup ls") return list_clean_up(line, client);
  throw Failure(ExitStatus::failed, "command " + line.command + " does nothing; please report it");
}

}  // namespace hpe3par::ctl
