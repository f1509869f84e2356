#pragma once

#include <exception>
#include <string>
#include <string_view>

namespace hpe3par::sim {

/// What an array may answer instead of doing what it was asked. The values are the numbers on the wire; those of 9000
/// and above are ours, for errors that HPE documents by name only.
enum class Code : int {
  internal_server_error = 1,
  input_eof = 3,
  input_too_long = 4,
  invalid_user_or_password = 5,
  invalid_session_key = 6,
  unsupported_http = 8,
  unsupported_operation = 9,
  uri_not_found = 11,
  invalid_input = 12,
  permission_denied = 13,
  existent_cpg = 14,
  non_existent_cpg = 15,
  existent_host = 16,
  non_existent_host = 17,
  existent_lun = 18,
  non_existent_vlun = 19,
  non_existent_port = 20,
  bad_port_type = 21,
  existent_volume = 22,
  non_existent_volume = 23,
  no_space = 24,
  exported_vlun = 26,
  too_large = 28,
  other = 29,
  in_use = 34,
  non_existent_domain = 38,
  wrong_type = 39,
  missing_required = 40,
  exceeds_range = 43,
  parameter_conflict = 44,
  empty_string = 45,
  bad_enum_value = 46,
  bad_port_specification = 55,
  exceeds_length = 57,
  existent_id = 59,
  json_syntax = 60,
  illegal_character = 69,
  existent_path = 73,
  host_in_set = 77,
  one_required = 78,
  non_existent_path = 80,
  duplicate_path = 98,
  non_existent_qos_rule = 100,
  existent_set = 101,
  non_existent_set = 102,
  existent_qos_rule = 114,
  below_range = 115,
  bad_qos_target = 117,
  volume_in_remote_copy = 120,
  non_existent_task = 145,
  bad_grow_size = 152,
  exceeds_cpg_limit = 153,
  non_existent_object_key = 180,
  existent_object_key = 181,
  non_existent_rcopy_group = 187,
  rcopy_group_started = 215,
  rcopy_mixed_modes = 236,
  existent_rcopy_group = 237,
  rcopy_group_not_stopped = 284,
  non_existent_flash_cache = 285,
  // Known by name only.
  too_many_sessions = 29000,  ///< goes out as 29 with status 503
  invalid_query_string = 9001,
  retained = 9002,
  auto_lun_unavailable = 9003,
  member_in_set = 9004,
  member_not_in_set = 9005,
  volume_exported = 9006,
  cpg_not_in_same_domain = 9007,
  volume_set_has_qos = 9008,
  unlicensed_feature = 9009,
  io_goal_exceeds_limit = 9010,
  bandwidth_goal_exceeds_limit = 9011,
  existent_flash_cache = 9012,
  non_active_task = 9013,
  cannot_cancel_task = 9014,
  non_existent_rcopy_target = 9015,
  non_existent_rcopy_link = 9016,
  rcopy_group_empty = 9017,
  rcopy_target_not_specified = 9018,
  rcopy_bad_snapshot = 9019,
  rcopy_inv_target = 9020,
  rcopy_role_conflict = 9021,
  rcopy_target_not_ready = 9022,
  rcopy_group_has_no_cpg = 9023,
  rcopy_in_synchronization = 9024,
  rcopy_policy_not_for_periodic = 9025,
  rcopy_policy_not_for_sync = 9026,
  rcopy_in_failover_state = 9027,
  rcopy_group_busy = 9028,
  rcopy_not_periodic = 9029,
  rcopy_max_volumes_sync = 9030,
  rcopy_max_volumes_periodic = 9031,
  rcopy_mode_not_supported = 9032,
  rcopy_group_not_started = 9033,
  rcopy_only_on_primary_side = 9034,
  rcopy_only_on_secondary_side = 9035,
  rcopy_target_volume_exported = 9036,
  rcopy_volume_in_other_group = 9037,
  rcopy_volume_size_differs = 9038,
  rcopy_volume_not_in_domain = 9039,
  rcopy_no_volume_on_target = 9040,
  rcopy_volume_not_in_group = 9041,
  rcopy_existent_wwn_on_target = 9042,
  rcopy_existent_volume = 9043,
  rcopy_existent_volume_on_target = 9044,
  rcopy_too_many_targets = 9045,
};

/// The number as it goes out.
int wire_number(Code code);

/// HTTP status that belongs to the code.
int status_of(Code code);

/// The usual text of the code.
std::string_view text_of(Code code);

/// The usual text of a number on the wire, for injected faults; a general sentence for unknown numbers.
std::string_view text_of_wire_number(int number, int status);

/// An array's refusal, thrown by whatever finds the reason and turned into an answer in one place.
class Refusal : public std::exception {
 public:
  /// @param ref the offending members, comma separated; empty for none
  explicit Refusal(Code code, std::string ref = {}, std::string desc = {});

  Code code() const { return code_; }
  const std::string& ref() const { return ref_; }
  const std::string& desc() const { return desc_; }
  const char* what() const noexcept override { return desc_.c_str(); }

 private:
  Code code_;
  std::string ref_;
  std::string desc_;
};

}  // namespace hpe3par::sim
