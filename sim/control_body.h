#pragma once

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <span>
#include <string>

namespace hpe3par::sim {

class Array;
class Simulator;

/// What the control port's actions share: reading a body strictly, and refusing it in words.
namespace control_body {

/// Answered as `{"error":"…"}`.
struct BadRequest {
  int status;
  std::string sentence;
};

[[noreturn]] void refuse(const std::string& sentence);     ///< 400
[[noreturn]] void not_found(const std::string& sentence);  ///< 404

std::string joined(std::span<const char* const> words);

constexpr int kMaxInt = std::numeric_limits<int>::max();

// All of these throw BadRequest, naming what they allow.

nlohmann::json parse_object(const std::string& body, std::span<const char* const> known);
void check_known(const nlohmann::json& object, std::span<const char* const> known);
std::int64_t integer(const nlohmann::json& object, const char* name, std::int64_t fallback, std::int64_t min,
                     std::int64_t max);
/// Empty when absent.
std::string text(const nlohmann::json& object, const char* name);
std::string one_of(const nlohmann::json& object, const char* name, std::span<const char* const> words);
Array& array_named(Simulator& simulator, const std::string& name);

}  // namespace control_body
}  // namespace hpe3par::sim
