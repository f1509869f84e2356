#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "call.h"
#include "clock.h"
#include "errors.h"
#include "hpe3par_test/temp_dir.h"
#include "lun_files.h"
#include "model.h"
#include "router.h"

namespace hpe3par::sim {

using TemporaryDirectory = test::TempDir;

/// An array's model, called by method and path as the outside does it, but without HTTP.
class ModelTest : public testing::Test {
 protected:
  explicit ModelTest(Profile profile = Profile::three_par)
      : model_({.name = "A", .system_id = 188150, .serial_number = "16188150", .profile = profile}, {"dom1"}, clock_,
               files_) {}

  Answer ask(const std::string& method, const std::string& path, nlohmann::json body = nlohmann::json::object(),
             std::optional<std::string> query = std::nullopt) {
    const Destination destination = find_destination(method, "/api/v1/" + path);
    if (destination.operation == nullptr) throw std::logic_error("no route " + method + " " + path);
    const Call call{.names = destination.names,
                    .query = std::move(query),
                    .body = std::move(body),
                    .client_address = client_,
                    .target = "/api/v1/" + path,
                    .product = "test"};
    return destination.operation(model_, call);
  }

  nlohmann::json get(const std::string& path) { return ask("GET", path).body; }

  nlohmann::json members(const std::string& path, std::optional<std::string> query = std::nullopt) {
    return ask("GET", path, nlohmann::json::object(), std::move(query)).body.at("members");
  }

  /// The code of the refusal, and its ref if there is one: "23" or "12 foo"; "" when nothing was refused.
  std::string refusal(const std::string& method, const std::string& path,
                      nlohmann::json body = nlohmann::json::object()) {
    try {
      ask(method, path, std::move(body));
      return "";
    } catch (const Refusal& refused) {
      return std::to_string(wire_number(refused.code())) + (refused.ref().empty() ? "" : " " + refused.ref());
    }
  }

  void add_volume(const std::string& name, std::int64_t size_mib = 1024) {
    ask("POST", "volumes", {{"name", name}, {"cpg", "cpg1"}, {"sizeMiB", size_mib}});
  }

  void add_host(const std::string& name, const std::string& iqn) {
    ask("POST", "hosts", {{"name", name}, {"iSCSINames", {iqn}}});
  }

  std::filesystem::path volume_file(const std::string& name) {
    return directory_.path() / "volumes" / get("volumes/" + name).at("wwn").get<std::string>();
  }

  std::filesystem::path export_file(const std::string& host, const std::string& volume) {
    return directory_.path() / "exports" / host / get("volumes/" + volume).at("wwn").get<std::string>();
  }

  TemporaryDirectory directory_;
  SystemClock system_clock_;
  MovableClock clock_{system_clock_};
  LunFiles files_{directory_.path()};
  Model model_;
  std::string client_ = "10.0.0.1";
};

}  // namespace hpe3par::sim
