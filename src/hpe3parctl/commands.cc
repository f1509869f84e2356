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

json get_list(const Client& client, const std::string& path, const std::string& member) {
  json body = client.get(path);
  if (!body.contains(member) || !body[member].is_array()) client.complain("no list " + member);
  for (const json& each : body[member])
    if (!each.is_object()) client.complain("a list " + member + " of something else");
  return body;
}

Outcome show_status(const CommandLine& line, const Client& client) {
  const json status = get_list(client, "/v1/status", "arrays");
  return {line.format == Format::json ? to_text(status) : status_view(status, !line.no_header), "", ExitStatus::done};
}

Outcome list(const CommandLine& line, const Client& client, const std::string& path, const std::string& member,
             std::string (*view)(const json&, bool)) {
  const json body = get_list(client, path, member);
  return {line.format == Format::json ? to_text(body) : view(body[member], !line.no_header), "", ExitStatus::done};
}

Outcome list_volumes(const CommandLine& line, const Client& client) {
  const json body = get_list(client, "/v1/volumes", "volumes");
  Outcome outcome;
  if (line.names_only) {
    outcome.output = names_view(body["volumes"]);
  } else if (line.format == Format::json) {
    outcome.output = to_text(body);
  } else {
    outcome.output = volumes_view(body["volumes"], !line.no_header);
  }
  if (body.contains("silent_arrays")) outcome.warnings = silence_warnings(body["silent_arrays"]);
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
      volumes.push_back(client.get("/v1/volumes/" + percent_encoded(name)));
    } catch (const Failure& failure) {
      if (failure.status() != ExitStatus::failed) throw;
      const std::string sentence = failure.what();
      const bool named = sentence.find(name) != std::string::npos;
      outcome.warnings += (named ? "" : "volume " + printable(name) + ": ") + sentence + "\n";
      outcome.status = ExitStatus::failed;
    }
  }
  outcome.output = line.format == Format::json ? to_text({{"volumes", volumes}}) : details_view(volumes);
  return outcome;
}

}  // namespace

Outcome run_command(const CommandLine& line) {
  const Client client(line.admin_socket);
  if (line.command == "status") return show_status(line, client);
  if (line.command == "backend ls") return list(line, client, "/v1/backends", "backends", backends_view);
  if (line.command == "volume ls") return list_volumes(line, client);
  if (line.command == "volume inspect") return inspect_volumes(line, client);
  if (line.command == "cleanup ls") return list(line, client, "/v1/cleanup", "clean_up", clean_up_view);
  throw Failure(ExitStatus::failed, "command " + line.command + " does nothing; please report it");
}

}  // namespace hpe3par::ctl
