#include "json_fields.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

namespace hpe3par::wsapi {

using nlohmann::json;

std::optional<json> parse_json(std::string_view text) {
  json value = json::parse(text, nullptr, false);
  if (value.is_discarded()) {
    std::string plain(text);
    for (char& c : plain) {
      if (static_cast<unsigned char>(c) >= 0x80U) c = '?';
    }
    if (plain != text) value = json::parse(plain, nullptr, false);
  }
  if (value.is_discarded()) return std::nullopt;
  return value;
}

std::string to_text(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

Fields::Fields(const json& value, std::string what) : value_(value), what_(std::move(what)) {
  if (!value_.is_object()) problem_ = what_ + " is not an object";
}

const json* Fields::find(const char* member) const {
  if (!value_.is_object()) return nullptr;
  const auto found = value_.find(member);
  return found == value_.end() || found->is_null() ? nullptr : &*found;
}

void Fields::complain(const char* member, std::string_view wrong) {
  if (problem_.empty()) problem_ = "member \"" + std::string(member) + "\" of " + what_ + " " + std::string(wrong);
}

std::optional<std::string> Fields::optional_text(const char* member) {
  const json* value = find(member);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) {
    complain(member, "is not a string");
    return std::nullopt;
  }
  return value->get_ref<const std::string&>();
}

std::string Fields::text_or_empty(const char* member) {
  return optional_text(member).value_or("");
}

std::string Fields::text(const char* member) {
  auto value = optional_text(member);
  if (!value) complain(member, "is missing");
  if (value && value->empty()) complain(member, "is empty");
  return value.value_or("");
}

void Fields::expect(const char* member, std::string_view text) {
  const std::string found = this->text(member);
  if (found != text) complain(member, "is not \"" + std::string(text) + "\"");
}

std::int64_t Fields::integer(const char* member, const json& value) {
  constexpr double kLimit = 9.0e15;
  if (value.is_number_float()) {
    const double number = value.get<double>();
    if (std::abs(number) < kLimit && std::floor(number) == number) return static_cast<std::int64_t>(number);
  } else if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (number <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      return static_cast<std::int64_t>(number);
    }
  } else if (value.is_number_integer()) {
    return value.get<std::int64_t>();
  }
  complain(member, "is not an integer");
  return 0;
}

std::int64_t Fields::number(const char* member) {
  const json* value = find(member);
  if (value != nullptr) return integer(member, *value);
  complain(member, "is missing");
  return 0;
}

std::int64_t Fields::number_or(const char* member, std::int64_t fallback) {
  const json* value = find(member);
  return value == nullptr ? fallback : integer(member, *value);
}

bool Fields::flag_or(const char* member, bool fallback) {
  const json* value = find(member);
  if (value == nullptr) return fallback;
  if (!value->is_boolean()) {
    complain(member, "is not true or false");
    return fallback;
  }
  return value->get<bool>();
}

std::vector<std::string> Fields::texts(const char* member) {
  const json* value = find(member);
  std::vector<std::string> all;
  if (value == nullptr) return all;
  const bool good = value->is_array() &&
                    std::all_of(value->begin(), value->end(), [](const json& element) { return element.is_string(); });
  if (good) {
    all = value->get<std::vector<std::string>>();
  } else {
    complain(member, "is not a list of strings");
  }
  return all;
}

void Fields::object(const char* member, const std::function<void(Fields&)>& visit) {
  const json* value = find(member);
  if (value == nullptr) return;
  Fields inner(*value, "\"" + std::string(member) + "\" of " + what_);
  visit(inner);
  if (problem_.empty()) problem_ = inner.problem();
}

void Fields::each(const char* member, const std::function<void(Fields&)>& visit) {
  const json* value = find(member);
  if (value == nullptr) return;
  if (!value->is_array()) return complain(member, "is not a list");
  for (const json& element : *value) {
    Fields inner(element, "an element of \"" + std::string(member) + "\" of " + what_);
    visit(inner);
    if (problem_.empty()) problem_ = inner.problem();
  }
}

}  // namespace hpe3par::wsapi
