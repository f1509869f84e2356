#include "json_text.h"

#include <nlohmann/json.hpp>

namespace hpe3par::sim {

using nlohmann::json;

json parse_json(std::string_view text) {
  constexpr int kMaxDepth = 50;
  bool too_deep = false;
  const auto keep = [&too_deep](int depth, json::parse_event_t, const json&) {
    too_deep = too_deep || depth > kMaxDepth;
    return !too_deep;
  };
  json value = json::parse(text, keep, false);
  return too_deep ? json(json::value_t::discarded) : value;
}

}  // namespace hpe3par::sim
