#include "object_keys.h"

#include "errors.h"
#include "validate.h"
#include "volumes.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxKey = 255;
constexpr std::size_t kMaxValue = 255;

constexpr MemberRule kKey{
    .name = "key", .type = MemberType::string, .required = true, .max_length = kMaxKey, .letters = Letters::key};
constexpr MemberRule kValue{.name = "value", .type = MemberType::string, .required = true, .max_length = kMaxValue};
constexpr MemberRule kCreate[] = {kKey, kValue};
constexpr MemberRule kModify[] = {kValue};

json to_json(const std::string& key, const ObjectKey& entry) {
  const std::string time = to_8601(entry.added);
  return {{"key", key},
          {"value", entry.value},
          {"date_added", time},
          {"creationTimeSec", to_unix(entry.added)},
          {"creationTime8601", time}};
}

struct Addressed {
  Volume& volume;
  std::map<std::string, ObjectKey>::iterator entry;
};

Addressed addressed(Model& model, const Call& call) {
  Volume& volume = get_volume_named(model, call.names.at(0));
  const auto entry = volume.keys.find(call.names.at(1));
  if (entry == volume.keys.end()) throw Refusal(Code::non_existent_object_key);
  return {volume, entry};
}

void add(const Model& model, Volume& volume, const json& pair) {
  const bool added = volume.keys.try_emplace(pair.at("key"), ObjectKey{pair.at("value"), model.clock.wall()}).second;
  if (!added) throw Refusal(Code::existent_object_key, "key");
}

}  // namespace

Answer list_object_keys(Model& model, const Call& call) {
  json members = json::array();
  for (const auto& [key, entry] : get_volume_named(model, call.names.at(0)).keys)
    members.push_back(to_json(key, entry));
  return collection(std::move(members));
}

Answer get_object_key(Model& model, const Call& call) {
  const auto entry = addressed(model, call).entry;
  return {.body = to_json(entry->first, entry->second)};
}

Answer create_object_key(Model& model, const Call& call) {
  json body = call.body;
  check_members(body, kCreate);
  Volume& volume = get_volume_named(model, call.names.at(0));
  add(model, volume, body);
  return created({"volumes", volume.name, "objectKeyValues", body.at("key")});
}

Answer modify_object_key(Model& model, const Call& call) {
  json body = call.body;
  check_members(body, kModify);
  const Addressed key = addressed(model, call);
  key.entry->second.value = body.at("value");
  return modified({"volumes", key.volume.name, "objectKeyValues", key.entry->first});
}

Answer delete_object_key(Model& model, const Call& call) {
  const Addressed key = addressed(model, call);
  key.volume.keys.erase(key.entry);
  return {};
}

void add_object_keys(const Model& model, Volume& volume, const json& pairs) {
  for (json pair : pairs) {
    check_members(pair, kCreate);
    add(model, volume, pair);
  }
}

json all_object_keys(const Model& model) {
  json all = json::array();
  for (const auto& [id, volume] : model.volumes)
    for (const auto& [key, entry] : volume.keys) {
      json object = to_json(key, entry);
      object["volume"] = volume.name;
      all.push_back(std::move(object));
    }
  return all;
}

}  // namespace hpe3par::sim
