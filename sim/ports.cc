#include "ports.h"

#include <algorithm>
#include <cctype>
#include <cstdio>

#include "errors.h"
#include "query.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

constexpr int kNodes = 2;
constexpr int kFcSlot = 1;
constexpr int kIscsiSlot = 2;
constexpr int kIpSlot = 3;

const QueryFields& query_fields() {
  static const QueryFields fields = {{"protocol", "mode", "linkState", "type", "label", "portWWN", "nodeWWN", "IPAddr",
                                      "iSCSIName", "HWAddr", "failoverState"},
                                     {}};
  return fields;
}

template <typename... Numbers>
std::string formatted(const char* format, Numbers... numbers) {
  char text[96];
  std::snprintf(text, sizeof text, format, static_cast<unsigned>(numbers)...);
  return text;
}

// TEST-NET-1 of RFC 5737: an address that can be shown but never reached by accident.
std::string address(const Identity& identity, int host_part) {
  return formatted("192.0.2.%u", (identity.system_id % 12) * 20 + host_part);
}

std::string world_wide_name(const Identity& identity, const PortPos& p) {
  return formatted("2%X%X%X0002AC%06X", p.node, p.slot, p.card_port, identity.system_id);
}

std::string hardware_address(const Identity& identity, const PortPos& p) {
  return formatted("02AC%04X%02X%02X", identity.system_id & 0xFFFF, p.node * 16 + p.slot, p.card_port);
}

Port fc_port(const Identity& identity, const PortPos& p) {
  return {.position = p,
          .protocol = Protocol::fc,
          .label = {},
          .wwn_or_mac = world_wide_name(identity, p),
          .iqn = {},
          .address = {}};
}

Port iscsi_port(const Identity& identity, const PortPos& p) {
  return {
      .position = p,
      .protocol = Protocol::iscsi,
      .label = formatted("ISCSI%u", p.node),
      .wwn_or_mac = hardware_address(identity, p),
      .iqn = formatted("iqn.2000-05.com.3pardata:2%x%x%x0002ac%06x", p.node, p.slot, p.card_port, identity.system_id),
      .address = address(identity, 1 + p.node)};
}

Port ip_port(const Identity& identity, const PortPos& p) {
  return {.position = p,
          .protocol = Protocol::ip,
          .label = formatted("IP%u", p.node),
          .wwn_or_mac = hardware_address(identity, p),
          .iqn = {},
          .address = address(identity, 11 + p.node)};
}

void add_fc_members(json& object, const Identity& identity, const Port& port) {
  object["portWWN"] = port.wwn_or_mac;
  object["nodeWWN"] = formatted("2FF70002AC%06X", identity.system_id);
}

int send_target_group(const Port& port) {
  return port.position.slot * 10 + port.position.card_port;
}

const std::vector<Vlan>& vlans_of(const Model& model, const Port& port) {
  static const std::vector<Vlan> none;
  const auto vlans = model.behaviour.vlans.find(to_text(port.position));
  return vlans == model.behaviour.vlans.end() ? none : vlans->second;
}

json to_json(const Port& port, const Vlan& vlan) {
  return {{"vlanTag", vlan.tag},     {"IPAddr", vlan.address}, {"netmask", vlan.netmask},
          {"gateway", vlan.gateway}, {"mtu", vlan.mtu},        {"stgt", send_target_group(port)},
          {"iSNSAddr", "0.0.0.0"},   {"iSNSPort", 3205}};
}

void add_iscsi_members(json& object, const Model& model, const Port& port) {
  object["HWAddr"] = port.wwn_or_mac;
  object["IPAddr"] = port.address;
  object["iSCSIName"] = port.iqn;
  object["iSCSIPortInfo"] = {{"IPAddr", port.address},
                             {"iSCSIName", port.iqn},
                             {"netmask", "255.255.255.0"},
                             {"gateway", "0.0.0.0"},
                             {"mtu", 1500},
                             {"stgt", send_target_group(port)},
                             {"tpgt", send_target_group(port)},
                             {"vlan", vlans_of(model, port).empty() ? 0 : 1},
                             {"rate", "10Gbps"},
                             {"iSNSAddr", "0.0.0.0"},
                             {"iSNSPort", 3205}};
}

json to_json(const Model& model, const Port& port) {
  constexpr int kTarget = 2, kPeer = 4, kReady = 4, kNoFailover = 1;
  constexpr int kHostType = 1, kRcipType = 7, kIscsiType = 8;
  const PortPos partner{1 - port.position.node, port.position.slot, port.position.card_port};
  json object = {{"portPos", hpe3par::sim::to_json(port.position)},
                 {"protocol", static_cast<int>(port.protocol)},
                 {"mode", port.protocol == Protocol::ip ? kPeer : kTarget},
                 {"linkState", kReady},
                 {"partnerPos", hpe3par::sim::to_json(partner)},
                 {"failoverState", kNoFailover},
                 {"device", json::array()}};
  if (!port.label.empty()) object["label"] = port.label;
  switch (port.protocol) {
    case Protocol::fc:
      object["type"] = kHostType;
      add_fc_members(object, model.identity, port);
      break;
    case Protocol::iscsi:
      object["type"] = kIscsiType;
      add_iscsi_members(object, model, port);
      break;
    case Protocol::ip:
      object["type"] = kRcipType;
      object["HWAddr"] = port.wwn_or_mac;
      object["IPAddr"] = port.address;
      break;
  }
  return object;
}

const Port& get_port_at(const Model& model, const std::string& position) {
  const Port* port = find_port(model, parse_port_pos(position));
  if (port == nullptr) throw Refusal(Code::non_existent_port);
  return *port;
}

const Port& addressed(const Model& model, const Call& call) {
  return get_port_at(model, call.names.at(0));
}

}  // namespace

std::vector<Port> make_ports(const Identity& identity) {
  std::vector<Port> ports;
  for (int node = 0; node < kNodes; ++node) {
    ports.push_back(fc_port(identity, {node, kFcSlot, 1}));
    ports.push_back(fc_port(identity, {node, kFcSlot, 2}));
    ports.push_back(iscsi_port(identity, {node, kIscsiSlot, 1}));
    ports.push_back(ip_port(identity, {node, kIpSlot, 1}));
  }
  return ports;
}

Answer list_ports(Model& model, const Call& call) {
  const std::optional<Query> query = asked_query(model, call, query_fields());
  json members = json::array();
  for (const Port& port : model.ports) {
    json object = to_json(model, port);
    if (!query || query->matches(object)) members.push_back(std::move(object));
  }
  return collection(std::move(members));
}

Answer get_port(Model& model, const Call& call) {
  return {.body = to_json(model, addressed(model, call))};
}

Answer list_vlans(Model& model, const Call& call) {
  const Port& port = get_iscsi_port(model, call.names.at(0));
  json vlans = json::array();
  for (const Vlan& vlan : vlans_of(model, port)) vlans.push_back(to_json(port, vlan));
  return {.body = {{"iSCSIVlans", std::move(vlans)}}};
}

Answer get_vlan(Model& model, const Call& call) {
  const Port& port = get_iscsi_port(model, call.names.at(0));
  for (const Vlan& vlan : vlans_of(model, port))
    if (std::to_string(vlan.tag) == call.names.at(1)) return {.body = to_json(port, vlan)};
  throw Refusal(Code::uri_not_found);
}

const Port& get_iscsi_port(const Model& model, const std::string& position) {
  const Port& port = get_port_at(model, position);
  if (port.protocol != Protocol::iscsi) throw Refusal(Code::bad_port_type);
  return port;
}

std::string to_text(const PortPos& p) {
  return formatted("%u:%u:%u", p.node, p.slot, p.card_port);
}

// node:slot:cardPort, each of one digit.
PortPos parse_port_pos(const std::string& text) {
  const auto digit = [&](std::size_t at) { return std::isdigit(static_cast<unsigned char>(text[at])) != 0; };
  const bool matched = text.size() == 5 && digit(0) && text[1] == ':' && digit(2) && text[3] == ':' && digit(4);
  if (!matched) throw Refusal(Code::bad_port_specification, "portPos");
  PortPos p;
  p.node = text[0] - '0';
  p.slot = text[2] - '0';
  p.card_port = text[4] - '0';
  constexpr int kMaxNode = 7, kMaxSlot = 9, kMaxCardPort = 8;
  if (p.node > kMaxNode || p.slot > kMaxSlot || p.card_port < 1 || p.card_port > kMaxCardPort)
    throw Refusal(Code::bad_port_specification, "portPos");
  return p;
}

json to_json(const PortPos& p) {
  return {{"node", p.node}, {"slot", p.slot}, {"cardPort", p.card_port}};
}

const Port* find_port(const Model& model, const PortPos& position) {
  const auto port =
      std::find_if(model.ports.begin(), model.ports.end(), [&](const Port& p) { return p.position == position; });
  return port == model.ports.end() ? nullptr : &*port;
}

}  // namespace hpe3par::sim
