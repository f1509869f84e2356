#pragma once

#include "client.h"
#include "control.h"
#include "fixture.h"
#include "simulator.h"

namespace hpe3par::sim {

/// Arrays A and B, linked, asked over HTTP; their control port is called directly.
class SimulatorTest : public testing::Test {
 protected:
  nlohmann::json send(const std::string& method, const std::string& target, const nlohmann::json& body = nullptr,
                      int expected = 200) {
    HttpRequest request;
    request.method = method;
    request.target = request.path = target;
    if (!body.is_null()) request.body = body.dump();
    const HttpResponse response = control_.handle(request);
    EXPECT_EQ(response.status, expected) << response.body;
    return nlohmann::json::parse(response.body);
  }

  std::string error(int status, const std::string& method, const std::string& target,
                    const nlohmann::json& body = nullptr) {
    return send(method, target, body, status).at("error");
  }

  Reply array(const std::string& method, const std::string& path, const nlohmann::json& body = nullptr) {
    return exchange(simulator_.port_of("A"), method, path, body.is_null() ? "" : body.dump(), key_);
  }

  void login() { key_ = array("POST", "/api/v1/credentials", {{"user", "u"}, {"password", "p"}}).body.at("key"); }

  static Options options(const std::filesystem::path& directory) {
    Options result;
    result.arrays = {{"A", {"127.0.0.1", 0}}, {"B", {"127.0.0.1", 0}}};
    result.links = {{"A", "B"}};
    result.user = "u";
    result.password = "p";
    result.data_dir = directory;
    return result;
  }

  TemporaryDirectory directory_;
  Simulator simulator_{options(directory_.path())};
  Control control_{simulator_};
  std::string key_;
};

}  // namespace hpe3par::sim
