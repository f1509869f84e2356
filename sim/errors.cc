#include "errors.h"

#include <algorithm>
#include <array>

namespace hpe3par::sim {
namespace {

struct Row {
  Code code;
  int status;
  std::string_view text;
};

constexpr auto kTable = std::to_array<Row>({
    {Code::internal_server_error, 500, "internal server error"},
    {Code::input_eof, 400, "unexpected end of input"},
    {Code::input_too_long, 413, "input is too long"},
    {Code::invalid_user_or_password, 403, "invalid username or password"},
    {Code::invalid_session_key, 403, "invalid session key"},
    {Code::unsupported_http, 505, "unsupported HTTP version"},
    {Code::unsupported_operation, 501, "unsupported operation for the resource"},
    {Code::uri_not_found, 404, "URI resource not found"},
    {Code::invalid_input, 400, "invalid input"},
    {Code::permission_denied, 403, "permission denied"},
    {Code::existent_cpg, 409, "CPG already exists"},
    {Code::non_existent_cpg, 404, "CPG does not exist"},
    {Code::existent_host, 409, "host already exists"},
    {Code::non_existent_host, 404, "host does not exist"},
    {Code::existent_lun, 409, "LUN already exists"},
    {Code::non_existent_vlun, 404, "VLUN does not exist"},
    {Code::non_existent_port, 404, "port does not exist"},
    {Code::bad_port_type, 400, "operation is not for a port of this type"},
    {Code::existent_volume, 409, "volume already exists"},
    {Code::non_existent_volume, 404, "volume does not exist"},
    {Code::no_space, 400, "not enough space"},
    {Code::exported_vlun, 409, "has exported VLUN"},
    {Code::too_large, 400, "invalid input: number is too large"},
    {Code::other, 400, "operation failed"},
    {Code::in_use, 409, "resource in use"},
    {Code::non_existent_domain, 404, "domain does not exist"},
    {Code::wrong_type, 400, "invalid input: wrong type"},
    {Code::missing_required, 400, "invalid input: missing required parameter"},
    {Code::exceeds_range, 400, "invalid input: number exceeds range"},
    {Code::parameter_conflict, 400, "invalid input: parameters cannot be present at the same time"},
    {Code::empty_string, 400, "invalid input: string is empty"},
    {Code::bad_enum_value, 400, "invalid input: unknown enumeration value"},
    {Code::bad_port_specification, 400, "invalid input: bad port specification"},
    {Code::exceeds_length, 400, "invalid input: string length exceeds limit"},
    {Code::existent_id, 409, "id already exists"},
    {Code::json_syntax, 400, "JSON syntax error"},
    {Code::illegal_character, 400, "illegal character in input"},
    {Code::existent_path, 409, "host path already exists"},
    {Code::host_in_set, 409, "host is a member of a set"},
    {Code::one_required, 400, "invalid input: one of the parameters is required"},
    {Code::non_existent_path, 404, "host path does not exist"},
    {Code::duplicate_path, 400, "invalid input: path is given twice"},
    {Code::non_existent_qos_rule, 404, "QoS rule does not exist"},
    {Code::existent_set, 409, "set already exists"},
    {Code::non_existent_set, 404, "set does not exist"},
    {Code::existent_qos_rule, 400, "QoS rule already exists"},
    {Code::below_range, 400, "invalid input: number is below range"},
    {Code::bad_qos_target, 400, "invalid input: wrong target object of a QoS rule"},
    {Code::volume_in_remote_copy, 403, "operation is not allowed on a volume in remote copy"},
    {Code::non_existent_task, 404, "task does not exist"},
    {Code::bad_grow_size, 400, "invalid input: bad growth size"},
    {Code::exceeds_cpg_limit, 403, "new volume size exceeds the limit of the CPG"},
    {Code::non_existent_object_key, 404, "object key does not exist"},
    {Code::existent_object_key, 409, "object key already exists"},
    {Code::non_existent_rcopy_group, 404, "remote copy group does not exist"},
    {Code::rcopy_group_started, 403, "remote copy group has already been started"},
    {Code::rcopy_mixed_modes, 400, "Group with different modes on a single target is not supported"},
    {Code::existent_rcopy_group, 409, "remote copy group already exists"},
    {Code::rcopy_group_not_stopped, 403, "Remote copy group not stopped"},
    {Code::non_existent_flash_cache, 404, "flash cache does not exist"},
    {Code::too_many_sessions, 503, "Maximum number of WSAPI connections reached"},
    {Code::invalid_query_string, 400, "invalid query string"},
    {Code::retained, 403, "volume is under retention"},
    {Code::auto_lun_unavailable, 409, "no LUN is free"},
    {Code::member_in_set, 409, "object is already a member of the set"},
    {Code::member_not_in_set, 404, "object is not a member of the set"},
    {Code::volume_exported, 403, "operation is not allowed on an exported volume"},
    {Code::cpg_not_in_same_domain, 403, "CPG is not in the same domain"},
    {Code::volume_set_has_qos, 409, "volume set is the target of a QoS rule"},
    {Code::unlicensed_feature, 403, "the system is not licensed for this feature"},
    {Code::io_goal_exceeds_limit, 400, "invalid input: I/O-per-second goal is greater than the maximum limit"},
    {Code::bandwidth_goal_exceeds_limit, 400, "invalid input: bandwidth goal is greater than the maximum limit"},
    {Code::existent_flash_cache, 409, "flash cache already exists"},
    {Code::non_active_task, 400, "task is not active"},
    {Code::cannot_cancel_task, 409, "task cannot be cancelled"},
    {Code::non_existent_rcopy_target, 404, "remote copy target does not exist"},
    {Code::non_existent_rcopy_link, 404, "remote copy link does not exist"},
    {Code::rcopy_group_empty, 400, "remote copy group has no volumes"},
    {Code::rcopy_target_not_specified, 400, "remote copy target is not specified"},
    {Code::rcopy_bad_snapshot, 400, "incorrect snapshot or volume specified"},
    {Code::rcopy_inv_target, 403, "invalid remote copy target"},
    {Code::rcopy_role_conflict, 403, "operation conflicts with the role of the remote copy group"},
    {Code::rcopy_target_not_ready, 403, "remote copy target is not ready"},
    {Code::rcopy_group_has_no_cpg, 403, "remote copy group has no CPG"},
    {Code::rcopy_in_synchronization, 403, "remote copy group is involved in synchronization"},
    {Code::rcopy_policy_not_for_periodic, 403, "policy is not for periodic remote copy groups"},
    {Code::rcopy_policy_not_for_sync, 403, "policy is not for synchronous remote copy groups"},
    {Code::rcopy_in_failover_state, 403, "remote copy group is in failover state"},
    {Code::rcopy_group_busy, 403, "remote copy group is busy"},
    {Code::rcopy_not_periodic, 403, "remote copy group is not periodic"},
    {Code::rcopy_max_volumes_sync, 403, "maximum number of volumes of a synchronous remote copy group is reached"},
    {Code::rcopy_max_volumes_periodic, 403, "maximum number of volumes of a periodic remote copy group is reached"},
    {Code::rcopy_mode_not_supported, 403, "operation is not supported in the mode of the remote copy group"},
    {Code::rcopy_group_not_started, 403, "remote copy group is not started"},
    {Code::rcopy_only_on_primary_side, 403, "operation is only allowed on the primary side of the remote copy group"},
    {Code::rcopy_only_on_secondary_side, 403,
     "operation is only allowed on the secondary side of the remote copy group"},
    {Code::rcopy_target_volume_exported, 403, "target volume is exported"},
    {Code::rcopy_volume_in_other_group, 403, "volume is in another remote copy group"},
    {Code::rcopy_volume_size_differs, 403, "sizes of the volumes do not match"},
    {Code::rcopy_volume_not_in_domain, 403, "volume is not in the domain of the remote copy group"},
    {Code::rcopy_no_volume_on_target, 404, "volume does not exist on the remote copy target"},
    {Code::rcopy_volume_not_in_group, 404, "volume is not in the remote copy group"},
    {Code::rcopy_existent_wwn_on_target, 404, "a volume with this WWN exists on the remote copy target"},
    {Code::rcopy_existent_volume, 409, "volume is already in the remote copy group"},
    {Code::rcopy_existent_volume_on_target, 409, "volume already exists on the remote copy target"},
    {Code::rcopy_too_many_targets, 409, "remote copy group has too many targets"},
});

const Row& row_of(Code code) {
  const auto* row = std::find_if(kTable.begin(), kTable.end(), [code](const Row& r) { return r.code == code; });
  return row == kTable.end() ? kTable.front() : *row;
}

}  // namespace

int wire_number(Code code) {
  return static_cast<int>(code == Code::too_many_sessions ? Code::other : code);
}

int status_of(Code code) {
  return row_of(code).status;
}

std::string_view text_of(Code code) {
  return row_of(code).text;
}

std::string_view text_of_wire_number(int number, int status) {
  for (const Row& row : kTable)
    if (wire_number(row.code) == number && row.status == status) return row.text;
  for (const Row& row : kTable)
    if (wire_number(row.code) == number) return row.text;
  return "operation failed";
}

Refusal::Refusal(Code code, std::string ref, std::string desc)
    : code_(code), ref_(std::move(ref)), desc_(desc.empty() ? std::string(text_of(code)) : std::move(desc)) {}

}  // namespace hpe3par::sim
