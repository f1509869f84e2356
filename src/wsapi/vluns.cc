#include "hpe3par/wsapi/vluns.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "escape.h"
#include "hpe3par/wsapi/error_codes.h"
#include "resources.h"

namespace hpe3par::wsapi {

namespace {

std::string unpack_port(Fields& fields) {
  std::string port;
  fields.object("portPos", [&](Fields& position) {
    port = std::to_string(position.number("node")) + ":" + std::to_string(position.number("slot")) + ":" +
           std::to_string(position.number("cardPort"));
  });
  return port;
}

Vlun unpack(Fields& fields) {
  Vlun vlun;
  vlun.volume = fields.text("volumeName");
  vlun.volume_wwn = fields.text_or_empty("volumeWWN");
  vlun.lun = static_cast<int>(fields.number("lun"));
  vlun.type = static_cast<int>(fields.number_or("type", 0));
  vlun.hostname = fields.text_or_empty("hostname");
  vlun.port = unpack_port(fields);
  vlun.active = fields.flag_or("active", false);
  vlun.remote_name = fields.text_or_empty("remoteName");
  return vlun;
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

std::string path_of(const VlunId& id) {
  std::string text = id.volume + "," + std::to_string(id.lun);
  if (!id.hostname.empty() || !id.port.empty()) text += "," + id.hostname;
  if (!id.port.empty()) text += "," + id.port;
  return "/vluns/" + encode_segment(text);
}

/// The VLUNs of which this member has this value. Arrays that know no queries send all.
std::vector<Vlun> get_vluns(Client& client, const char* member, const std::string& value, std::string words,
                            const Deadline& deadline) {
  std::vector<Vlun> vluns;
  const CollectionRequest what{"/vluns", std::string(member) + " EQ " + query_value(value), std::move(words), "VLUN"};
  const auto take = [&](Fields& fields) {
    fields.text("volumeName");  // every VLUN has one; a port's has no host
    if (fields.text_or_empty(member) == value) vluns.push_back(unpack(fields));
  };
  // Some versions answer an empty collection with "no such VLUN".
  const bool found = exists(code::kNonExistentVlun, [&] {
    get_collection(
        client, what, [&] { vluns.clear(); }, take, deadline);
  });
  if (!found) vluns.clear();
  return vluns;
}

}  // namespace

std::optional<VlunId> parse_vlun_location(const std::string& location) {
  const auto slash = location.rfind('/');
  const auto parts = split(decode_percent(location.substr(slash == std::string::npos ? 0 : slash + 1)), ',');
  if (parts.size() < 2 || parts.size() > 4 || parts[0].empty()) return std::nullopt;
  VlunId id;
  id.volume = parts[0];
  const char* end = parts[1].data() + parts[1].size();
  const auto [stop, error] = std::from_chars(parts[1].data(), end, id.lun);
  if (error != std::errc() || stop != end || id.lun < 0) return std::nullopt;
  if (parts.size() > 2) id.hostname = parts[2];
  if (parts.size() > 3) id.port = parts[3];
  return id;
}

PostedVlun post_vlun(Client& client, const std::string& volume, const std::string& hostname, const Deadline& deadline) {
  const nlohmann::json body = {
      {"volumeName", volume}, {"hostname", hostname}, {"autoLun", true}, {"maxAutoLun", 0}, {"lun", 0}};
  PostedVlun posted;
  const auto read = [&](const HttpReply& reply) -> std::string {
    const auto id = parse_vlun_location(reply.location);
    if (!id || id->volume != volume) return "does not tell the LUN";
    posted.id = *id;
    return "";
  };
  posted.sent =
      create_object(client, "/vluns", body, "export volume " + volume + " to host " + hostname, read, deadline);
  return posted;
}

std::vector<Vlun> get_vluns_of(Client& client, const std::string& volume, const Deadline& deadline) {
  return get_vluns(client, "volumeName", volume, "list the exports of volume " + volume, deadline);
}

std::vector<Vlun> get_vluns_to(Client& client, const std::string& hostname, const Deadline& deadline) {
  return get_vluns(client, "hostname", hostname, "list the exports to host " + hostname, deadline);
}

void delete_vlun(Client& client, const VlunId& id, const Deadline& deadline) {
  Request request;
  request.method = "DELETE";
  request.path = path_of(id);
  request.words = "remove the export of volume " + id.volume + " to " + (id.hostname.empty() ? id.port : id.hostname);
  client.send(request, deadline);
}

}  // namespace hpe3par::wsapi
