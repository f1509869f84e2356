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
    get_object(
        client, path_of(volume) + "/" + encode_segment(key), words("look up", volume, key),
        [&](Fields& fields, const HttpReply&) { value = fields.text_or_empty("value"); }, deadline);
  });
  if (!found) return std::nullopt;
  return value;
}

void put_object_key(Client& client, const std::string& volume, const std::string& key, const std::string& value,
                    const Deadline& deadline) {
  Request request;
  request.method = "PUT";
  request.path = path_of(volume) + "/" + encode_segment(key);
  request.body = to_text({{"value", value}});
  request.words = words("change", volume, key);
  client.send(request, deadline);
}

}  // namespace hpe3par::wsapi
