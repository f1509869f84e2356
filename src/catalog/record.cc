#include "hpe3par/catalog/record.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "hpe3par/base/error.h"
#include "hpe3par/base/short_hash.h"

namespace hpe3par::catalog {
namespace {

using nlohmann::json;

constexpr int kVersion = 1;
constexpr std::size_t kMaxArrayName = 31;

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

std::string text_of(const json& object, const char* member) {
  const auto found = object.find(member);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// The bytes of a uuid in text form; absent if it is none.
std::optional<std::string> uuid_bytes(std::string_view uuid) {
  std::string bytes;
  int digits = 0;
  unsigned value = 0;
  for (const char c : uuid) {
    if (c == '-') continue;
    const char lower = static_cast<char>(c | 0x20);
    const bool letter = lower >= 'a' && lower <= 'f';
    if (!letter && (c < '0' || c > '9')) return std::nullopt;
    value = value * 16 + static_cast<unsigned>(letter ? lower - 'a' + 10 : c - '0');
    if (++digits % 2 == 0) {
      bytes += static_cast<char>(value);
      value = 0;
    }
  }
  return digits == 32 ? std::optional(bytes) : std::nullopt;
}

/// Base 64 without padding, in the characters that names on an array may have.
std::string to_name(const std::string& bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-";
  std::string text;
  unsigned buffer = 0;
  unsigned bits = 0;
  for (const char c : bytes) {
    buffer = (buffer << 8U) | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 6; bits -= 6) text += kDigits[(buffer >> (bits - 6)) & 63U];
  }
  if (bits > 0) text += kDigits[(buffer << (6 - bits)) & 63U];
  return text;
}

VolumeRecord decode_own(const json& own, VolumeRecord record) {
  const auto version = own.find("v");
  if (version == own.end() || *version != json(kVersion))
    throw Error(ErrorKind::failed_precondition, "the record of volume " + record.name + " has version " +
                                                    (version == own.end() ? std::string("none") : version->dump()) +
                                                    ", this program knows up to " + std::to_string(kVersion) +
                                                    "; use the newer hpe3pard that created it");
  record.uuid = text_of(own, "u");
  record.legacy = own.contains("l") && own["l"] == json(true);
  record.volume_namespace = text_of(own, "ns");
  if (const auto options = own.find("o"); options != own.end() && options->is_object())
    for (const auto& [key, value] : options->items())
      if (value.is_string()) record.options[key] = value.get<std::string>();
  record.group = text_of(own, "g");
  if (const auto pair = own.find("p"); pair != own.end() && pair->is_array())
    for (const json& serial : *pair)
      if (serial.is_string()) record.pair.push_back(serial.get<std::string>());
  return record;
}

}  // namespace

std::string encode_record(const VolumeRecord& record) {
  json own = {{"v", kVersion}, {"u", record.uuid}};
  if (!record.volume_namespace.empty()) own["ns"] = record.volume_namespace;
  if (!record.options.empty()) own["o"] = record.options;
  if (!record.group.empty()) own["g"] = record.group;
  if (!record.pair.empty()) own["p"] = record.pair;
  if (record.legacy) own["l"] = true;
  const json comment = {{"type", "Docker"}, {"display_name", record.name}, {"h", own}};
  std::string text = comment.dump(-1, ' ', true, json::error_handler_t::replace);
  if (text.size() > kMaxCommentBytes)
    throw Error(ErrorKind::invalid_argument, "the record of volume " + record.name + " with its options needs " +
                                                 std::to_string(text.size()) + " bytes, the array keeps " +
                                                 std::to_string(kMaxCommentBytes) +
                                                 "; use a shorter name or fewer options");
  return text;
}

std::optional<VolumeRecord> decode_record(std::string_view comment) {
  const json parsed = json::parse(comment, nullptr, false);
  if (!parsed.is_object() || text_of(parsed, "type") != "Docker") return std::nullopt;
  VolumeRecord record;
  record.name = text_of(parsed, "display_name");
  if (!is_volume_name(record.name)) return std::nullopt;
  if (const auto own = parsed.find("h"); own != parsed.end() && own->is_object()) {
    record = decode_own(*own, std::move(record));
  } else {
    record.legacy = true;
    record.uuid = text_of(parsed, "volume_id");
  }
  if (record.uuid.empty()) return std::nullopt;
  return record;
}

bool is_volume_name(std::string_view name) {
  return !name.empty() && name.size() <= 255 && is_letter_or_digit(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-'; });
}

void check_volume_name(std::string_view name) {
  if (name.empty()) throw Error(ErrorKind::invalid_argument, "the request names no volume");
  if (!is_volume_name(name))
    throw Error(
        ErrorKind::invalid_argument,
        "this volume name is not allowed; allowed: a letter or digit, then up to 254 letters, digits, '.', '_' or '-'");
}

std::string array_volume_name(std::string_view volume_namespace, std::string_view name) {
  const std::string prefix(kVolumePrefix);
  if (volume_namespace.empty() && prefix.size() + name.size() <= kMaxArrayName) return prefix + std::string(name);
  const std::string hash = short_hash(std::string(volume_namespace) + '\0' + std::string(name));
  const std::size_t room = kMaxArrayName - prefix.size() - 1 - 1 - hash.size();
  return prefix + "." + std::string(name.substr(0, room)) + "-" + hash;
}

std::string short_uuid(std::string_view uuid) {
  const std::optional<std::string> bytes = uuid_bytes(uuid);
  return bytes ? to_name(*bytes) : "";
}

std::string array_volume_of(const VolumeRecord& record) {
  if (!record.legacy) return array_volume_name(record.volume_namespace, record.name);
  const std::string coded = short_uuid(record.uuid);
  return coded.empty() ? "" : std::string(kVolumePrefix) + coded;
}

}  // namespace hpe3par::catalog
