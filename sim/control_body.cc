#include "control_body.h"

#include <algorithm>

#include "json_text.h"
#include "simulator.h"

namespace hpe3par::sim::control_body {

using nlohmann::json;

void refuse(const std::string& sentence) {
  throw BadRequest{400, sentence};
}
void not_found(const std::string& sentence) {
  throw BadRequest{404, sentence};
}

std::string joined(std::span<const char* const> words) {
  std::string text;
  for (const char* word : words) text.append(text.empty() ? "" : ", ").append(word);
  return text;
}

json parse_object(const std::string& body, std::span<const char* const> known) {
  json object = parse_json(body);
  if (!object.is_object()) refuse("the body must be a JSON object with members of: " + joined(known));
  check_known(object, known);
  return object;
}

void check_known(const json& object, std::span<const char* const> known) {
  for (const auto& [name, value] : object.items())
    if (std::find(known.begin(), known.end(), name) == known.end())
      refuse("member '" + name + "' is unknown; known are: " + joined(known));
}

std::int64_t integer(const json& object, const char* name, std::int64_t fallback, std::int64_t min, std::int64_t max) {
  if (!object.contains(name)) return fallback;
  const json& value = object.at(name);
  const bool fits = value.is_number_integer() && value >= min && value <= max;
  if (!fits)
    refuse(std::string(name) + " must be an integer from " + std::to_string(min) + " to " + std::to_string(max));
  return value.get<std::int64_t>();
}

std::string text(const json& object, const char* name) {
  if (!object.contains(name)) return {};
  if (!object.at(name).is_string()) refuse(std::string(name) + " must be a string");
  return object.at(name).get<std::string>();
}

std::string one_of(const json& object, const char* name, std::span<const char* const> words) {
  std::string word = text(object, name);
  if (std::find(words.begin(), words.end(), word) == words.end())
    refuse(std::string(name) + " must be one of: " + joined(words));
  return word;
}

Array& array_named(Simulator& simulator, const std::string& name) {
  Array* array = simulator.find_array(name);
  if (array == nullptr) not_found("there is no array '" + name + "'");
  return *array;
}

}  // namespace hpe3par::sim::control_body
