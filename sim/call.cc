#include "call.h"

#include "percent.h"

namespace hpe3par::sim {
namespace {

Answer located(int status, const std::vector<std::string>& parts) {
  Answer answer{.status = status, .body = nullptr, .location = "/api/v1"};
  for (const std::string& part : parts) answer.location += "/" + percent_encoded(part);
  return answer;
}

}  // namespace

Answer created(const std::vector<std::string>& parts) {
  return located(201, parts);
}

Answer modified(const std::vector<std::string>& parts) {
  return located(200, parts);
}

Answer collection(nlohmann::json members, bool chunked) {
  const std::size_t total = members.size();
  return {
      .status = 200, .body = {{"total", total}, {"members", std::move(members)}}, .location = {}, .chunked = chunked};
}

}  // namespace hpe3par::sim
