#pragma once

#include "call.h"
#include "model.h"

namespace hpe3par::sim {

/// Two nodes with two FC, one iSCSI and one RCIP port each, all of them ready.
std::vector<Port> make_ports(const Identity& identity);

Answer list_ports(Model& model, const Call& call);
Answer get_port(Model& model, const Call& call);

/// The tagged VLANs of an iSCSI port: those that the control port gave it, at the start none.
Answer list_vlans(Model& model, const Call& call);
Answer get_vlan(Model& model, const Call& call);

/// "0:2:1"
std::string to_text(const PortPos& position);

/// @throws Refusal 55 unless the text has the form n:s:p with numbers that some array could have
PortPos parse_port_pos(const std::string& text);

/// `{"node":0,"slot":2,"cardPort":1}`
nlohmann::json to_json(const PortPos& position);

/// @throws Refusal 55, 20, or 21 unless it is the position of an iSCSI port
const Port& get_iscsi_port(const Model& model, const std::string& position);

/// Null when the array has no such port.
const Port* find_port(const Model& model, const PortPos& position);

}  // namespace hpe3par::sim
