#include "behaviour.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <vector>

#include "control_body.h"
#include "errors.h"
#include "releases.h"
#include "simulator.h"
#include "tls.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;
using namespace control_body;

constexpr const char* kMembers[] = {
    "failover",    "sync_mib_per_s",           "array",   "licenses",    "wsapi_build", "system_version", "free_mib",
    "iscsi_vlans", "in_use_after_unexport_ms", "tls_max", "certificate", "takeover_s",  "link_loss"};
constexpr const char* kOfAllArrays[] = {"failover", "sync_mib_per_s", "takeover_s", "link_loss"};
constexpr const char* kVlanMembers[] = {"vlanTag", "IPAddr", "netmask", "gateway", "mtu"};

// Absent: not mentioned. null: back to the default.
bool mentions(const json& object, const char* name) {
  return object.contains(name);
}
bool is_default(const json& object, const char* name) {
  return object.at(name).is_null();
}

std::vector<std::string> strings(const json& object, const char* name) {
  const json& list = object.at(name);
  std::vector<std::string> result;
  for (const json& element : list.is_array() ? list : json::array({nullptr})) {
    if (!element.is_string()) refuse(std::string(name) + " must be a list of strings");
    result.push_back(element.get<std::string>());
  }
  return result;
}

Vlan parse_vlan(const json& object) {
  if (!object.is_object()) refuse("a VLAN must be an object with members of: " + joined(kVlanMembers));
  check_known(object, kVlanMembers);
  for (const char* required : {"vlanTag", "IPAddr"})
    if (!object.contains(required)) refuse(std::string(required) + " of a VLAN is missing");
  constexpr int kMaxTag = 4094, kMinMtu = 576, kMaxMtu = 9216;
  Vlan vlan{.tag = static_cast<int>(integer(object, "vlanTag", 0, 1, kMaxTag)), .address = text(object, "IPAddr")};
  if (object.contains("netmask")) vlan.netmask = text(object, "netmask");
  if (object.contains("gateway")) vlan.gateway = text(object, "gateway");
  vlan.mtu = static_cast<int>(integer(object, "mtu", vlan.mtu, kMinMtu, kMaxMtu));
  return vlan;
}

std::map<std::string, std::vector<Vlan>> parse_vlans(const json& ports) {
  if (!ports.is_object()) refuse("iscsi_vlans must be an object of lists by n:s:p");
  std::map<std::string, std::vector<Vlan>> result;
  for (const auto& [position, list] : ports.items()) {
    if (!list.is_array()) refuse("iscsi_vlans must be an object of lists by n:s:p");
    std::vector<Vlan>& vlans = result[position];
    for (const json& vlan : list) vlans.push_back(parse_vlan(vlan));
  }
  return result;
}

void change_identity(ArrayBehaviour& behaviour, const json& object) {
  if (mentions(object, "licenses")) {
    behaviour.licences.reset();
    if (!is_default(object, "licenses")) behaviour.licences = strings(object, "licenses");
  }
  if (mentions(object, "wsapi_build")) {
    behaviour.build.reset();
    if (!is_default(object, "wsapi_build"))
      behaviour.build = static_cast<int>(integer(object, "wsapi_build", 0, build::kOldest, build::kEnd - 1));
  }
  if (mentions(object, "system_version")) {
    behaviour.system_version.reset();
    if (!is_default(object, "system_version")) behaviour.system_version = text(object, "system_version");
  }
}

void change_resources(ArrayBehaviour& behaviour, const json& object, std::int64_t used_mib) {
  if (mentions(object, "free_mib")) {
    constexpr std::int64_t kMaxFree = std::int64_t{1} << 40;
    behaviour.capacity_mib.reset();
    if (!is_default(object, "free_mib"))
      behaviour.capacity_mib = used_mib + integer(object, "free_mib", 0, 0, kMaxFree);
  }
  if (mentions(object, "iscsi_vlans"))
    behaviour.vlans = parse_vlans(is_default(object, "iscsi_vlans") ? json::object() : object.at("iscsi_vlans"));
  if (mentions(object, "in_use_after_unexport_ms")) {
    constexpr int kHourMs = 3600 * 1000;
    behaviour.in_use_after_unexport = Millis::zero();
    if (!is_default(object, "in_use_after_unexport_ms"))
      behaviour.in_use_after_unexport = Millis(integer(object, "in_use_after_unexport_ms", 0, 0, kHourMs));
  }
}

ArrayBehaviour changed(Array& array, const json& object) {
  ArrayBehaviour behaviour = array.behaviour();
  change_identity(behaviour, object);
  change_resources(behaviour, object, array.allocated_mib());
  try {
    array.check_behaviour(behaviour);
  } catch (const Refusal&) {
    refuse("iscsi_vlans must name iSCSI ports of the array by n:s:p");
  }
  return behaviour;
}

Behaviour changed(Behaviour behaviour, const json& object) {
  static constexpr const char* kFailover[] = {"classic", "mirrored"};
  static constexpr const char* kLinkLoss[] = {"suspend", "failover"};
  if (mentions(object, "failover"))
    behaviour.mirrored_failover =
        !is_default(object, "failover") && one_of(object, "failover", kFailover) == "mirrored";
  if (mentions(object, "sync_mib_per_s"))
    behaviour.sync_mib_per_s = is_default(object, "sync_mib_per_s") ? Behaviour{}.sync_mib_per_s
                                                                    : integer(object, "sync_mib_per_s", 0, 1, kMaxInt);
  if (mentions(object, "takeover_s"))
    behaviour.takeover_s =
        is_default(object, "takeover_s") ? Behaviour{}.takeover_s : integer(object, "takeover_s", 0, 0, 3600);
  if (mentions(object, "link_loss"))
    behaviour.link_loss_fails_over =
        !is_default(object, "link_loss") && one_of(object, "link_loss", kLinkLoss) == "failover";
  return behaviour;
}

TlsPlay changed(TlsPlay play, const json& object) {
  static constexpr const char* kCertificates[] = {"good", "wrong_name", "expired", "self_signed", "other_key"};
  static constexpr const char* kVersions[] = {"1.1", "1.3"};
  if (mentions(object, "certificate")) {
    const auto* word = std::begin(kCertificates);
    if (!is_default(object, "certificate"))
      word = std::find(word, std::end(kCertificates), one_of(object, "certificate", kCertificates));
    play.certificate = CertificateKind(word - std::begin(kCertificates));
  }
  if (mentions(object, "tls_max"))
    play.old_tls = !is_default(object, "tls_max") && one_of(object, "tls_max", kVersions) == "1.1";
  return play;
}

void change_tls(Simulator& simulator, const std::vector<Array*>& arrays, const json& object) {
  if (!mentions(object, "certificate") && !mentions(object, "tls_max")) return;
  for (const Array* array : arrays)
    if (!simulator.set_tls(array->name(), changed(simulator.tls(array->name()), object)))
      refuse("certificate and tls_max need --tls");
}

std::vector<Array*> arrays_meant(Simulator& simulator, const json& object) {
  if (!mentions(object, "array")) return simulator.arrays();
  for (const char* member : kOfAllArrays)
    if (mentions(object, member)) refuse(std::string(member) + " is for all arrays together; leave out array");
  return {&array_named(simulator, text(object, "array"))};
}

}  // namespace

json change_behaviour(Simulator& simulator, const std::string& body) {
  const json object = parse_object(body, kMembers);
  const std::vector<Array*> arrays = arrays_meant(simulator, object);
  const Behaviour behaviour = changed(simulator.behaviour(), object);
  std::vector<ArrayBehaviour> of_arrays;
  for (Array* array : arrays) of_arrays.push_back(changed(*array, object));
  change_tls(simulator, arrays, object);
  for (std::size_t i = 0; i < arrays.size(); ++i) arrays[i]->set_behaviour(of_arrays[i]);
  simulator.set_behaviour(behaviour);
  return json::object();
}

}  // namespace hpe3par::sim
