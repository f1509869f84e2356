#include "hpe3par/wsapi/object_keys.h"

#include <nlohmann/json.hpp>

#include "escape.h"
#include "hpe3par/wsapi/error_codes.h"
#include "resources.h"

namespace hpe3par::wsapi {

namespace {

std::string path_of(const std::string& volume) {
  return "/volumes/" + encode_segment(volume) + "/objectKeyValues";
}

std::string words(const std::string& verb, const std::string& volume, const std::string& key) {
  return verb + " key " + key + " of volume " + volume;
}

}  // namespace

Sent post_object_key(Client& client, const std::string& volume, const std::string& key, const std::string& value,
                     const Deadline& deadline) {
  return create_object(client, path_of(volume), {{"key", key}, {"value", value}}, words("create", volume, key), {},
                       deadline);
}

std::optional<std::string> get_object_key(Client& client, const std::string& volume, const std::string& key,
                                          const Deadline& deadline) {
  std::string value;
  const bool found = exists(code::kNonExistentObjectKey, [&] {
    const auto take = [&](Fields& fields, const HttpReply&) {
      fields.expect("key", key);
      value = fields.text_or_empty("value");
    };
    get_object(client, path_of(volume) + "/" + encode_segment(key), words("look up", volume, key), take, deadline);
  });
  if (!found) return std::nullopt;
  return value;
}

Sent put_object_key(Client& client, const std::string& volume, const std::string& key, const std::string& value,
                    const Deadline& deadline) {
  return change_object(client, path_of(volume) + "/" + encode_segment(key), {{"value", value}},
                       words("change", volume, key), deadline);
}

}  // namespace hpe3par::wsapi
