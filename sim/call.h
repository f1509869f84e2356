#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace hpe3par::sim {

/// A request as the rules of the array see it.
struct Call {
  std::vector<std::string> names{};    ///< what stood for {name}, {id}, {key} in the route, decoded
  std::optional<std::string> query{};  ///< value of `query=`
  nlohmann::json body{};               ///< an object; empty when the request had none
  std::string client_address{};
  std::string target{};   ///< as sent, with all parameters
  std::string product{};  ///< first product token of the User-Agent
};

/// What the array says to it, unless it throws Refusal.
struct Answer {
  int status = 200;
  nlohmann::json body{};   ///< null: no body
  std::string location{};  ///< empty: none; a path, percent-encoded
  bool chunked = false;
};

/// 201 with the Location of a new object. `parts` are the path's elements after /api/v1, not yet encoded.
Answer created(const std::vector<std::string>& parts);

/// 200 with the Location of a changed object.
Answer modified(const std::vector<std::string>& parts);

/// `{"total":n,"members":[…]}`
Answer collection(nlohmann::json members, bool chunked = false);

}  // namespace hpe3par::sim
