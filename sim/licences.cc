#include "licences.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "errors.h"
#include "model.h"
#include "releases.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

constexpr const char* kAtTheStart[] = {"3PAR OS Suite",         "Adaptive Flash Cache",
                                       "Adaptive Optimization", "Autonomic Rebalance",
                                       "Compression",           "Data Encryption",
                                       "Dynamic Optimization",  "Online Import",
                                       "Peer Motion",           "Peer Persistence",
                                       "Priority Optimization", "Recovery Manager Central",
                                       "Remote Copy",           "Smart SAN",
                                       "Storage Federation",    "System Reporter",
                                       "Thin Conversion",       "Thin Copy Reclamation",
                                       "Thin Deduplication",    "Thin Persistence",
                                       "Virtual Copy",          "Thin Provisioning (102400G)",
                                       "Virtual Domains",       "Virtual Lock"};

// Members of licenseState and the licence that each stands for; the misspelt one is the arrays' own.
constexpr struct {
  const char* member;
  const char* licence;
} kStates[] = {{"virtualCopy", "Virtual Copy"},
               {"remoteCopy", "Remote Copy"},
               {"thinProvisioing", "Thin Provisioning"},
               {"domains", "Virtual Domains"},
               {"dynamicOptimization", "Dynamic Optimization"},
               {"virtualLock", "Virtual Lock"},
               {"thinPersistence", "Thin Persistence"},
               {"thinConversion", "Thin Conversion"},
               {"adaptiveOptimization", "Adaptive Optimization"},
               {"peerVirtualization", "Peer Motion"},
               {"qos", "Priority Optimization"},
               {"systemReporter", "System Reporter"},
               {"darEncryption", "Data Encryption"},
               {"storageFederation", "Storage Federation"},
               {"onlineImport", "Online Import"},
               {"rmcApplicationSuite", "Recovery Manager Central"}};

constexpr const char* kEverything = "Golden License";

std::vector<std::string> names(const Model& model) {
  return model.behaviour.licences.value_or(std::vector<std::string>(std::begin(kAtTheStart), std::end(kAtTheStart)));
}

// Names carry a capacity or an edition, so a part of one is enough.
bool includes(const std::vector<std::string>& names, std::string_view licence) {
  return std::any_of(names.begin(), names.end(), [licence](const std::string& name) {
    return name.find(licence) != std::string::npos || name.find(kEverything) != std::string::npos;
  });
}

const char* name_of(Feature feature) {
  switch (feature) {
    case Feature::compression: return "Compression";
    case Feature::quality_of_service: return "Priority Optimization";
    case Feature::remote_copy: return "Remote Copy";
  }
  return kEverything;
}

}  // namespace

void demand_licence(const Model& model, Feature feature) {
  if (build_of(model) >= build::kMaxLimitsOnly) return;
  if (!includes(names(model), name_of(feature))) throw Refusal(Code::unlicensed_feature);
}

json licence_info(const Model& model) {
  const std::vector<std::string> present = names(model);
  json licences = json::array();
  for (const std::string& name : present) licences.push_back({{"name", name}});
  json states = json::object();
  for (const auto& state : kStates) states[state.member] = includes(present, state.licence);
  return {{"issueTimeSec", 1767225600},
          {"issueTime8601", "2026-01-01T00:00:00+00:00"},
          {"diskCount", 48},
          {"licenses", std::move(licences)},
          {"licenseState", std::move(states)}};
}

}  // namespace hpe3par::sim
