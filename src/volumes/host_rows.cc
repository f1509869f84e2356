#include "host_rows.h"

#include "hpe3par/base/error.h"

namespace hpe3par::volumes {

using host::Device;
using journal::MountRecord;
using journal::MountState;

HostRows::HostRows(const Parts& parts, catalog::Catalog& catalog)
    : parts_(parts), catalog_(catalog), table_(parts.journal, parts.clock) {}

void HostRows::enter(MountRecord& row, MountState state) {
  const MountState before = row.state;
  row.state = state;
  if (state > MountState::mounted) {
    table_.put_anyway(row);
    return;
  }
  try {
    table_.put(row);
  } catch (...) {
    row.state = before;
    throw;
  }
}

void HostRows::note_failure(MountRecord& row, const std::string& reason) {
  if (row.last_error == reason) return;
  row.last_error = reason;
  table_.put_anyway(row);
}

bool HostRows::has_mount(const MountRecord& row) {
  if (row.state < MountState::mounted) return false;
  const std::optional<std::string> number = parts_.file_systems.mounted_at(row.mountpoint);
  if (!number) return false;
  const std::optional<Device> device = parts_.attacher.find(target_of(row));
  return device && device->number == *number;
}

void HostRows::learn_host(array::Array& array, const std::string& array_key, const Deadline& deadline) {
  const std::string name = array.ensure_host(parts_.identity, deadline);
  const std::lock_guard hold(names_mutex_);
  array_host_names_[array_key] = name;
}

std::string HostRows::array_host(const std::string& array_key, const Deadline& deadline) {
  {
    const std::lock_guard hold(names_mutex_);
    const auto known = array_host_names_.find(array_key);
    if (known != array_host_names_.end()) return known->second;
  }
  learn_host(catalog_.array(array_key).array(), array_key, deadline);
  const std::lock_guard hold(names_mutex_);
  return array_host_names_.at(array_key);
}

array::Array& HostRows::array_of(const MountRecord& row) {
  return catalog_.array(row.array).array();
}

array::Array& HostRows::copy_array_of(const catalog::Volume& volume) {
  const config::BackendConfig* backend = parts_.config.find_backend(volume.backend);
  if (backend == nullptr || !backend->replication)
    throw Error(ErrorKind::failed_precondition, "backend " + volume.backend + " of volume " + volume.record.name +
                                                    " has no replication_device in hpe.conf any more");
  return catalog_.array(volume.array == backend->array ? backend->replication->array : backend->array).array();
}

host::AttachTarget HostRows::target_of(const MountRecord& row) {
  host::AttachTarget target{row.wwn, row.array_host, row.lun, row.loop_dir};
  if (const auto second = second_of(row)) target.twins.push_back({second->array_host, second->loop_dir});
  target.known_device = row.device;
  target.known_sequence = row.disk_sequence;
  return target;
}

host::AttachTarget HostRows::leftover_of(const MountRecord& row) {
  host::AttachTarget target = target_of(row);
  target.even_if_replaced = true;
  return target;
}

std::optional<MountRecord> HostRows::second_of(const MountRecord& row) {
  for (MountRecord& each : table_.aside_of(row))
    if (each.state == MountState::mounted) return std::move(each);
  return std::nullopt;
}

}  // namespace hpe3par::volumes
