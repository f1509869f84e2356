#include "remote_copy_data.h"

namespace hpe3par::sim {
namespace {

namespace fs = std::filesystem;

// The two files of a member, while both volumes exist.
struct Files {
  LunFiles* from = nullptr;
  LunFiles* to = nullptr;
  std::string wwn{};
  std::string remote_wwn{};

  explicit operator bool() const { return from != nullptr; }
  fs::path source() const { return from->path_of(wwn); }
  fs::path target() const { return to->path_of(remote_wwn); }
};

Files files_of(const CopyPair& pair, const GroupMember& member) {
  if (pair.there == nullptr || !pair.here.volumes.contains_id(member.volume) ||
      !pair.there->volumes.contains_id(member.remote_volume))
    return {};
  return {.from = &pair.here.files,
          .to = &pair.there->files,
          .wwn = pair.here.volumes.at(member.volume).wwn,
          .remote_wwn = pair.there->volumes.at(member.remote_volume).wwn};
}

}  // namespace

void send(const CopyPair& pair, const GroupMember& member) {
  const Files files = files_of(pair, member);
  if (files) files.to->receive(files.remote_wwn, files.source());
}

void land(const CopyPair& pair, const GroupMember& member) {
  const Files files = files_of(pair, member);
  if (files) files.to->finish_receiving(files.remote_wwn);
}

void drop(const CopyPair& pair, const GroupMember& member) {
  const Files files = files_of(pair, member);
  if (files) files.to->stop_receiving(files.remote_wwn);
}

void catch_up(const CopyPair& pair, const GroupMember& member) {
  const Files files = files_of(pair, member);
  if (!files || fs::last_write_time(files.source()) < fs::last_write_time(files.target())) return;
  files.to->receive(files.remote_wwn, files.source());
  files.to->finish_receiving(files.remote_wwn);
}

void join(const CopyPair& pair, const GroupMember& member) {
  const Files files = files_of(pair, member);
  if (files) files.to->share(files.remote_wwn, files.source());
}

void part(const CopyPair& pair, const GroupMember& member, Keeper keeper) {
  const Files files = files_of(pair, member);
  if (!files) return;
  if (keeper == Keeper::primary)
    files.to->unshare(files.remote_wwn, files.source());
  else
    files.from->unshare(files.wwn, files.target());
}

void take_back(const CopyPair& pair, const GroupMember& member) {
  const Files files = files_of(pair, member);
  if (!files) return;
  files.from->share(files.wwn, files.target());
  files.to->unshare(files.remote_wwn, files.source());
}

double written_mib(const CopyPair& pair, const GroupMember& member) {
  return static_cast<double>(pair.here.files.written_mib(pair.here.volumes.at(member.volume).wwn));
}

}  // namespace hpe3par::sim
