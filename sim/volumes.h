#pragma once

#include "call.h"
#include "model.h"

namespace hpe3par::sim {

Answer list_volumes(Model& model, const Call& call);
Answer get_volume(Model& model, const Call& call);
Answer create_volume(Model& model, const Call& call);
/// Changes members, or (action 3) grows. Other actions belong to snapshots and copies, which this array does not have.
Answer modify_volume(Model& model, const Call& call);
/// Refused while the volume is in a remote copy group (120), exported (26), in a set (34) or under retention.
Answer delete_volume(Model& model, const Call& call);

/// @throws Refusal 23 with `ref`
Volume& get_volume_named(Model& model, const std::string& name, std::string ref = {});

nlohmann::json to_json(const Model& model, const Volume& volume);

/// What a copy on another array has of its own.
struct CopyDetails {
  std::string name{};
  std::string user_cpg{};
  std::string snap_cpg{};  ///< empty: none
  bool own_wwn = false;
};
/// A new, empty volume like `original`; comment, object keys and times are its own.
/// @throws Refusal 15, 24
Volume& add_copy(Model& model, const Volume& original, const CopyDetails& details);

/// Removes a volume that nothing refers to any more.
void remove_volume(Model& model, int volume);

}  // namespace hpe3par::sim
