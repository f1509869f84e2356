#include "group_book.h"

#include <algorithm>

#include "hpe3par/base/error.h"

namespace hpe3par::catalog {
namespace {

// The array that did not make a group calls it by the other one's name and ".r" with a number, whatever became of the
// roles since.
bool was_made_here(const array::RemoteCopyGroup& group) {
  return group.remote_name.empty() || !group.name.starts_with(group.remote_name + ".r");
}

std::string backend_of(const array::RemoteCopyGroup& group, const std::vector<std::string>& backends,
                       const std::map<std::string, std::string>& targets) {
  if (!was_made_here(group)) return "";
  for (const std::string& backend : backends) {
    const auto target = targets.find(backend);
    if (target != targets.end() && group.find_target(target->second) != nullptr) return backend;
  }
  return "";
}

bool needs_group(const Volume& volume) {
  return volume.record.legacy && volume.record.group.empty() && !volume.in_no_group;
}

}  // namespace

GroupBook make_group_book(const std::vector<array::RemoteCopyGroup>& groups, const std::vector<std::string>& backends,
                          const std::map<std::string, std::string>& targets) {
  GroupBook book;
  for (const array::RemoteCopyGroup& group : groups) {
    book.backends[group.name] = backend_of(group, backends, targets);
    for (const array::GroupMember& member : group.members) book.groups[member.volume] = group.name;
  }
  return book;
}

bool is_group_unknown(const Volume& volume, const GroupBook& book) {
  return needs_group(volume) && (!volume.group || !book.backends.contains(*volume.group));
}

void join_group(Volume& volume, const GroupBook& book) {
  if (!needs_group(volume)) return;
  if (!volume.group)
    if (const auto found = book.groups.find(volume.array_volume); found != book.groups.end())
      volume.group = found->second;
  const auto backend = volume.group ? book.backends.find(*volume.group) : book.backends.end();
  if (backend == book.backends.end() || backend->second.empty()) return;
  VolumeRecord record = volume.record;
  record.group = *volume.group;
  record.options["backend"] = backend->second;
  try {
    volume.comment = encode_record(record);
  } catch (const Error&) {
    return;  // no array would keep it
  }
  volume.record = std::move(record);
  volume.backend = backend->second;
}

}  // namespace hpe3par::catalog
