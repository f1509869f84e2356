#include "body_log.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

#include "json_fields.h"
#include "masking.h"

namespace hpe3par::wsapi {

namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 34> kAllowed = {"action",
                                                       "active",
                                                       "autoLun",
                                                       "build",
                                                       "code",
                                                       "comment",
                                                       "copyType",
                                                       "cpg",
                                                       "desc",
                                                       "hostname",
                                                       "id",
                                                       "key",
                                                       "lun",
                                                       "maxAutoLun",
                                                       "name",
                                                       "pathOperation",
                                                       "persona",
                                                       "portPos",
                                                       "provisioningType",
                                                       "rcopyGroup",
                                                       "reduce",
                                                       "ref",
                                                       "serialNumber",
                                                       "sizeMiB",
                                                       "snapCPG",
                                                       "tdvv",
                                                       "total",
                                                       "tpvv",
                                                       "type",
                                                       "userCPG",
                                                       "volumeName",
                                                       "volumeWWN",
                                                       "wwn",
                                                       "members"};

bool allowed(const std::string& member) {
  return std::find(kAllowed.begin(), kAllowed.end(), member) != kAllowed.end();
}

/// Object keys are session-like only below /credentials, whose bodies are never logged.
json filtered(const json& value, const std::function<std::string(std::string)>& hide) {
  json out = json::object();
  for (const auto& [member, content] : value.items()) {
    if (!allowed(member)) continue;
    if (content.is_array()) {
      out[member] = std::to_string(content.size()) + " elements";
    } else if (content.is_object()) {
      out[member] = filtered(content, hide);
    } else if (content.is_string()) {
      out[member] = hide(content.get<std::string>());
    } else {
      out[member] = content;
    }
  }
  return out;
}

}  // namespace

std::string loggable(const std::string& body, const std::function<std::string(std::string)>& hide) {
  if (body.empty()) return "";
  const auto value = parse_json(body);
  if (!value || !value->is_object()) return std::to_string(body.size()) + " bytes, not a JSON object";
  return one_line(to_text(filtered(*value, hide)));
}

}  // namespace hpe3par::wsapi
