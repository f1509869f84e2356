#include "copy_records.h"

#include "hpe3par/base/error.h"
#include "hpe3par/base/log.h"

namespace hpe3par::volumes {
namespace {

constexpr Millis kGlimpse{5'000};

}  // namespace

bool is_unrecorded_copy(const array::ArrayVolume& found, const catalog::Volume& known, const GroupSighting& seen) {
  const replication::Side& peer = seen.view.peer;
  return known.record.legacy && !known.is_copy() && found.comment.empty() && found.copy_kind == array::CopyKind::base &&
         found.size_mib == known.size_mib && peer.answer == replication::Side::Answer::group &&
         peer.group.starts_with(known.record.group + ".r") && seen.copy && seen.copy->volume == known.array_volume;
}

const config::BackendConfig& CopyRecords::backend_of(const catalog::Volume& volume) const {
  const config::BackendConfig* const backend = config_.find_backend(volume.backend);
  if (backend != nullptr && backend->replication) return *backend;
  throw Error(ErrorKind::failed_precondition,
              "backend " + volume.backend + " has no replication_device in hpe.conf any more");
}

bool CopyRecords::knows(const catalog::Volume& volume) {
  const auto copy = catalog_.array(backend_of(volume).replication->array).find_copy(volume.record.name);
  return copy && copy->record.uuid == volume.record.uuid;
}

bool CopyRecords::complete(const catalog::Volume& volume, const Deadline& deadline) {
  catalog::ArrayCatalog& peer = catalog_.array(backend_of(volume).replication->array);
  const Deadline glimpse = deadline.sooner(kGlimpse);
  try {
    const std::optional<array::ArrayVolume> copy = peer.array().find_volume(volume.array_volume, glimpse);
    if (!copy) return false;
    const bool written = copy->comment.empty();
    if (written) peer.array().write_comment(volume.array_volume, record_of(volume), glimpse);
    if (volume.record.legacy) peer.fetch(volume.array_volume, glimpse);  // not to be asked again
    const std::optional<catalog::VolumeRecord> record = catalog::decode_record(copy->comment);
    return written || (record && record->uuid == volume.record.uuid);
  } catch (const Error& error) {
    log(LogLevel::warning, "it is not known whether the copy of a volume has its record",
        {{"volume", volume.record.name}, {"array", peer.array().name()}, {"reason", error.what()}});
    return false;
  }
}

std::string CopyRecords::record_of(const catalog::Volume& volume) {
  if (!volume.record.legacy) return volume.comment;
  catalog::VolumeRecord record = volume.record;
  const config::BackendConfig& backend = backend_of(volume);
  record.pair.clear();
  for (const std::string& key : {backend.array, backend.replication->array}) {
    const std::string serial = catalog_.array(key).array().status().serial_number;
    if (serial.empty()) return volume.comment;
    record.pair.push_back(serial);
  }
  return catalog::encode_record(record);
}

std::optional<catalog::Volume> CopyRecords::find_unrecorded(const catalog::Volume& known, const GroupSighting& seen,
                                                            const Deadline& deadline) {
  const config::BackendConfig& backend = backend_of(known);
  const std::string& key = backend.replication->array;
  const auto found = catalog_.array(key).array().find_volume(known.array_volume, deadline);
  if (!found || !is_unrecorded_copy(*found, known, seen)) return std::nullopt;
  catalog::Volume copy = known;
  copy.array = key;
  copy.home = backend.array;
  copy.wwn = found->wwn;
  copy.cpg = found->cpg;
  copy.snap_cpg = found->snap_cpg;
  copy.group = found->group;
  copy.created = found->created;
  log(LogLevel::warning, "a copy without record is taken for that of the volume of its group",
      {{"volume", known.record.name}, {"array", key}, {"group", seen.view.peer.group}});
  return copy;
}

}  // namespace hpe3par::volumes
