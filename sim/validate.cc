#include "validate.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "errors.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

bool is_name_letter(unsigned char c) {
  return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-';
}

bool is_name(std::string_view text) {
  // Names become directories, and clients take dots alone out of URLs.
  return !text.starts_with('-') && text != "." && text != ".." && std::all_of(text.begin(), text.end(), is_name_letter);
}

bool is_key_letter(unsigned char c) {
  return c > 0x20 && c != 0x7f && std::string_view("&/?#%\"<>\\").find(static_cast<char>(c)) == std::string_view::npos;
}

bool has_legal_letters(std::string_view text, Letters letters) {
  switch (letters) {
    case Letters::any:
      return std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
    case Letters::name: return is_name(text);
    case Letters::set_name: return is_name(text.starts_with("set:") ? text.substr(4) : text);
    case Letters::key: return std::all_of(text.begin(), text.end(), is_key_letter);
  }
  return false;
}

bool all_of_type(const json& list, json::value_t type) {
  return list.is_array() && std::all_of(list.begin(), list.end(), [type](const json& e) { return e.type() == type; });
}

bool has_type(const json& value, MemberType type) {
  switch (type) {
    case MemberType::boolean: return value.is_boolean();
    case MemberType::integer: return value.is_number_integer();
    case MemberType::string: return value.is_string();
    case MemberType::object: return value.is_object();
    case MemberType::strings: return all_of_type(value, json::value_t::string);
    case MemberType::objects: return all_of_type(value, json::value_t::object);
  }
  return false;
}

void check_range(std::int64_t value, const MemberRule& rule) {
  if (value >= rule.min && value <= rule.max) return;
  if (rule.enumeration) throw Refusal(Code::bad_enum_value, std::string(rule.name));
  throw Refusal(value < rule.min ? Code::below_range : Code::exceeds_range, std::string(rule.name));
}

// A number above int64 would wrap to a negative one wherever it is used.
void cap_integer(json& value) {
  constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(kMax)) value = kMax;
}

// An empty string is fine where nothing is said about its length: it clears a comment, for instance.
void check_string(std::string_view value, const MemberRule& rule) {
  if (value.empty() && rule.letters == Letters::any) return;
  check_name(value, rule.max_length, rule.letters, rule.name);
}

void check_integer(json& value, const MemberRule& rule) {
  cap_integer(value);
  check_range(value.get<std::int64_t>(), rule);
}

void check_value(json& value, const MemberRule& rule) {
  if (!has_type(value, rule.type)) throw Refusal(Code::wrong_type, std::string(rule.name));
  if (rule.type == MemberType::integer) check_integer(value, rule);
  if (rule.type == MemberType::string) check_string(value.get_ref<const std::string&>(), rule);
  if (rule.type == MemberType::strings)
    for (const json& element : value)
      check_name(element.get_ref<const std::string&>(), rule.max_length, rule.letters, rule.name);
}

void remove_nulls(json& object) {
  for (auto member = object.begin(); member != object.end();)
    member = member->is_null() ? object.erase(member) : std::next(member);
}

void refuse_unknown(const json& body, std::span<const MemberRule> rules) {
  for (const auto& [name, value] : body.items()) {
    const bool known =
        std::any_of(rules.begin(), rules.end(), [&text = name](const MemberRule& r) { return r.name == text; });
    if (!known) throw Refusal(Code::invalid_input, name);
  }
}

}  // namespace

void check_members(json& body, std::span<const MemberRule> rules) {
  if (!body.is_object()) throw Refusal(Code::wrong_type);
  remove_nulls(body);
  refuse_unknown(body, rules);
  for (const MemberRule& rule : rules) {
    const auto member = body.find(rule.name);
    if (member != body.end())
      check_value(*member, rule);
    else if (rule.required)
      throw Refusal(Code::missing_required, std::string(rule.name));
  }
}

void check_name(std::string_view value, std::size_t max_length, Letters letters, std::string_view ref) {
  if (value.empty()) throw Refusal(Code::empty_string, std::string(ref));
  if (max_length != 0 && value.size() > max_length) throw Refusal(Code::exceeds_length, std::string(ref));
  if (!has_legal_letters(value, letters)) throw Refusal(Code::illegal_character, std::string(ref));
}

void refuse_name(std::string_view name, Code missing, std::string ref) {
  throw Refusal(has_legal_letters(name, Letters::set_name) ? missing : Code::illegal_character, std::move(ref));
}

}  // namespace hpe3par::sim
