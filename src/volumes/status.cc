#include "status.h"

namespace hpe3par::volumes {
namespace {

using journal::MountState;
using journal::UnfinishedVolume;

std::string_view to_string(array::ArrayStatus::State state) {
  switch (state) {
    case array::ArrayStatus::State::connecting: return "connecting";
    case array::ArrayStatus::State::up: return "up";
    case array::ArrayStatus::State::unreachable: return "unreachable";
    case array::ArrayStatus::State::refused: return "refused";
  }
  return "";
}

std::string_view task_of(UnfinishedVolume::State state) {
  switch (state) {
    case UnfinishedVolume::State::creating: return "create";
    case UnfinishedVolume::State::undoing: return "undo create";
    case UnfinishedVolume::State::removing: return "remove";
  }
  return "";
}

}  // namespace

std::string display_name(const array::ArrayStatus& status, const std::string& fallback) {
  return status.system_name.empty() ? fallback : status.system_name;
}

ArrayInfo describe_array(const array::ArrayStatus& status, const std::string& address,
                         const std::vector<std::string>& backends) {
  ArrayInfo info;
  info.name = display_name(status, address);
  info.address = address;
  info.state = to_string(status.state);
  info.since = status.since;
  info.reason = status.reason;
  info.serial_number = status.serial_number;
  info.wsapi_build = status.build;
  info.sessions_open = status.sessions_open;
  info.backends = backends;
  return info;
}

BackendLine to_line(const BackendInfo& backend) {
  return {
      backend.name,        backend.array.name, backend.transport, backend.array.state, to_rfc3339(backend.array.since),
      backend.array.reason};
}

CleanUpWork describe_work(const journal::MountRecord& row, const std::string& array) {
  CleanUpWork work;
  work.volume = row.volume;
  work.task = row.state < MountState::mounted ? "mount" : "unmount";
  work.state = journal::to_string(row.state);
  work.since = row.since;
  work.last_error = row.last_error;
  work.array = array;
  return work;
}

CleanUpWork describe_work(const UnfinishedVolume& row, const std::string& array) {
  CleanUpWork work;
  work.volume = row.volume;
  work.task = task_of(row.state);
  work.state = journal::to_string(row.state);
  work.since = row.since;
  work.last_error = row.last_error;
  work.array = array;
  return work;
}

CleanUpWork describe_work(const replication::LoggedLock& lock) {
  CleanUpWork work;
  work.group = lock.group;
  work.task = "group";
  work.state = "locked";
  work.array = lock.array;
  return work;
}

bool is_in_use(const journal::MountRecord& row) {
  return row.state == MountState::mounted && !row.ids.empty();
}

bool is_left_over(const journal::MountRecord& row) {
  return row.state >= MountState::mounted && !is_in_use(row);
}

}  // namespace hpe3par::volumes
