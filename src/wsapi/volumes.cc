#include "hpe3par/wsapi/volumes.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "escape.h"
#include "hpe3par/wsapi/error_codes.h"
#include "http_date.h"
#include "resources.h"

namespace hpe3par::wsapi {

namespace {

Volume unpack(Fields& fields) {
  Volume volume;
  volume.name = fields.text("name");
  volume.wwn = fields.text("wwn");
  volume.size_mib = static_cast<std::uint64_t>(std::max<std::int64_t>(fields.number("sizeMiB"), 0));
  volume.comment = fields.text_or_empty("comment");
  volume.user_cpg = fields.text_or_empty("userCPG");
  volume.snap_cpg = fields.text_or_empty("snapCPG");
  volume.provisioning_type = static_cast<int>(fields.number_or("provisioningType", 0));
  volume.copy_type = static_cast<int>(fields.number_or("copyType", 0));
  volume.rcopy_group = fields.optional_text("rcopyGroup");
  volume.rcopy_status = static_cast<int>(fields.number_or("rcopyStatus", 0));
  volume.created = fields.number_or("creationTimeSec", 0);
  return volume;
}

std::string path_of(const std::string& name) {
  return "/volumes/" + encode_segment(name);
}

}  // namespace

Sent post_volume(Client& client, const VolumeBody& body, const Deadline& deadline) {
  nlohmann::json json = {{"name", body.name}, {"cpg", body.cpg}, {"sizeMiB", body.size_mib}};
  if (!body.comment.empty()) json["comment"] = body.comment;
  if (!body.snap_cpg.empty()) json["snapCPG"] = body.snap_cpg;
  if (body.tpvv) json["tpvv"] = *body.tpvv;
  if (body.tdvv) json["tdvv"] = *body.tdvv;
  if (body.reduce) json["reduce"] = *body.reduce;
  if (body.compression) json["compression"] = *body.compression;
  return create_object(client, "/volumes", json, "create volume " + body.name, {}, deadline);
}

std::optional<Volume> get_volume(Client& client, const std::string& name, const Deadline& deadline) {
  Volume volume;
  const auto take = [&](Fields& fields, const HttpReply& reply) {
    fields.expect("name", name);
    volume = unpack(fields);
    const auto now = parse_http_date(reply.date);
    if (now && volume.created > 0) volume.age = std::chrono::seconds(*now - volume.created);
  };
  const bool found = exists(code::kNonExistentVolume,
                            [&] { get_object(client, path_of(name), "look up volume " + name, take, deadline); });
  if (!found) return std::nullopt;
  return volume;
}

void get_volumes(Client& client, const std::string& query, const std::function<bool(std::string_view)>& wanted,
                 const std::function<void(const Volume&)>& visit, const Deadline& deadline) {
  const auto member = [&](Fields& fields) {
    if (!wanted(fields.text("name"))) return;
    const Volume volume = unpack(fields);
    if (fields.problem().empty()) visit(volume);
  };
  get_collection(client, {"/volumes", query, "list the volumes", "volume"}, {}, member, deadline);
}

std::vector<std::string> get_copies_of(Client& client, const std::string& name, const Deadline& deadline) {
  std::vector<std::string> copies;
  const auto take = [&](Fields& fields) {
    const std::string copy = fields.text("name");
    if (fields.text_or_empty("copyOf") == name) copies.push_back(copy);
  };
  get_collection(
      client, {"/volumes", "copyOf EQ " + query_value(name), "list the snapshots of volume " + name, "volume"},
      [&] { copies.clear(); }, take, deadline);
  return copies;
}

Sent put_volume_comment(Client& client, const std::string& name, const std::string& comment, const Deadline& deadline) {
  return change_object(client, path_of(name), {{"comment", comment}}, "write the record of volume " + name, deadline);
}

Sent delete_volume(Client& client, const std::string& name, const Deadline& deadline) {
  Request request;
  request.method = "DELETE";
  request.path = path_of(name);
  request.words = "remove volume " + name;
  request.repeat = Request::Repeat::if_not_done;
  return client.send_once(request, deadline);
}

}  // namespace hpe3par::wsapi
