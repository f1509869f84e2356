#include <nlohmann/json.hpp>

#include "hpe3par/base/short_hash.h"
#include "hpe3par/replication/group_lock.h"
#include "hpe3par/replication/take_note.h"

namespace hpe3par::replication {

using nlohmann::json;

namespace {

constexpr int kVersion = 1;

std::string text_of(const json& object, const char* member) {
  const auto found = object.find(member);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string word_of(GroupNote::Found found) {
  switch (found) {
    case GroupNote::Found::absent: return "absent";
    case GroupNote::Found::started: return "started";
    case GroupNote::Found::idle: break;
  }
  return "idle";
}

std::optional<GroupNote::Found> found_of(const std::string& word) {
  for (const auto found : {GroupNote::Found::absent, GroupNote::Found::idle, GroupNote::Found::started})
    if (word_of(found) == word) return found;
  return std::nullopt;
}

std::int64_t seconds_of(WallTime time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

std::string encode(const char* kind, const json& own) {
  return json({{"type", "hpe3pard"}, {kind, own}}).dump(-1, ' ', true, json::error_handler_t::replace);
}

std::optional<json> decode(const char* kind, const std::string& comment) {
  const json parsed = json::parse(comment, nullptr, false);
  if (!parsed.is_object() || text_of(parsed, "type") != "hpe3pard") return std::nullopt;
  const auto own = parsed.find(kind);
  if (own == parsed.end() || !own->is_object()) return std::nullopt;
  const auto version = own->find("v");
  if (version == own->end() || *version != json(kVersion)) return std::nullopt;
  return *own;
}

}  // namespace

std::string encode_note(const GroupNote& note) {
  json own = {{"v", kVersion},
              {"g", note.group},
              {"by", note.holder},
              {"t", note.token},
              {"x", seconds_of(note.expires)},
              {"f", word_of(note.found)}};
  if (note.had_members) own["m"] = true;
  return encode("lock", own);
}

std::optional<GroupNote> decode_note(const std::string& comment) {
  const std::optional<json> own = decode("lock", comment);
  if (!own) return std::nullopt;
  const auto expires = own->find("x");
  const auto found = found_of(text_of(*own, "f"));
  const auto members = own->find("m");
  if (expires == own->end() || !expires->is_number_integer()) return std::nullopt;
  if (!found) return std::nullopt;
  GroupNote note{text_of(*own, "g"),
                 text_of(*own, "by"),
                 text_of(*own, "t"),
                 WallTime(std::chrono::seconds(expires->get<std::int64_t>())),
                 *found,
                 members != own->end() && *members == json(true)};
  if (note.group.empty() || note.token.empty()) return std::nullopt;
  return note;
}

std::string encode_take(const TakeNote& note) {
  json own = {{"v", kVersion}, {"g", note.group}, {"by", note.by}, {"host", note.host}};
  if (note.seen) own["x"] = seconds_of(*note.seen);
  return encode("taken", own);
}

std::optional<TakeNote> decode_take(const std::string& comment) {
  const std::optional<json> own = decode("taken", comment);
  if (!own) return std::nullopt;
  TakeNote note{text_of(*own, "g"), text_of(*own, "by"), text_of(*own, "host"), std::nullopt};
  if (note.group.empty() || note.by.empty()) return std::nullopt;
  const auto seen = own->find("x");
  if (seen != own->end() && seen->is_number_integer())
    note.seen = WallTime(std::chrono::seconds(seen->get<std::int64_t>()));
  return note;
}

std::string take_set_name(const std::string& group) {
  return note_set_name(group) + "-t";
}

std::string note_set_name(const std::string& group) {
  return "h3p-" + short_hash(group);
}

}  // namespace hpe3par::replication
