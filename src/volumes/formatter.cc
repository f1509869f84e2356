#include "formatter.h"

#include "hpe3par/base/error.h"
#include "hpe3par/base/log.h"
#include "hpe3par/base/uuid.h"
#include "hpe3par/journal/crash_point.h"
#include "mount_options.h"
#include "option_text.h"

namespace hpe3par::volumes {

using host::Device;
using journal::crash_point;
using journal::MountRecord;
using journal::MountState;

namespace {

// Somebody may have removed the mark since; a file system of ours must not be stuck for that.
void put_mark(array::Array& array, const catalog::Volume& volume, const FormatMark& mark, const Deadline& deadline) {
  try {
    array.update_mark(volume.array_volume, kFormatMark, encode_mark(mark), deadline);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::not_found) throw;
    if (!array.create_mark(volume.array_volume, kFormatMark, encode_mark(mark), deadline))
      throw Error(ErrorKind::aborted, "somebody else wrote mark " + std::string(kFormatMark) + " of volume " +
                                          volume.record.name + "; retry");
  }
}

}  // namespace

void Formatter::prepare(MountRecord& row, const Device& device, const catalog::Volume& volume,
                        const Circumstances& circumstances, const Deadline& deadline) {
  const VolumeOptions options = options_of(volume);
  const host::Content content = rows_.parts().file_systems.probe(device);
  MarkKnowledge mark;
  if (circumstances.took_over) mark = read_mark(row, deadline);
  while (true) {
    const FormatPlan plan = plan_format(content, mark);
    const bool formats =
        plan.action == FormatPlan::Action::create_mark || plan.action == FormatPlan::Action::format_again;
    if (formats && !circumstances.may_format)
      throw Error(ErrorKind::failed_precondition,
                  "volume " + row.volume + " is not mounted: it has no file system on array " + row.array +
                      ", and none is made there while its remote copy group is not started in its natural direction, "
                      "because it might never be replicated; bring the group into that state, then retry");
    switch (plan.action) {
      case FormatPlan::Action::mount:
        mount_existing(row, device, plan.type, options);
        // Of a copy, the mark may be behind: who formatted the volume has only told its own array that it was done.
        if (mark.mark && !mark.mark->finished && mark.mark->fs_uuid == content.uuid && !volume.is_copy())
          complete_format(row, content, volume, deadline);
        return;
      case FormatPlan::Action::create_mark:
        if (begin_format(row, volume, deadline)) return format(row, device, volume, deadline);
        [[fallthrough]];
      case FormatPlan::Action::read_mark: mark = read_mark(row, deadline); break;
      case FormatPlan::Action::format_again:
        begin_format_again(row, volume, device, content, deadline);
        return format(row, device, volume, deadline);
      case FormatPlan::Action::refuse:
        throw Error(ErrorKind::failed_precondition, "volume " + row.volume + " is not mounted: " + plan.reason);
    }
  }
}

MarkKnowledge Formatter::read_mark(const MountRecord& row, const Deadline& deadline) {
  const std::optional<std::string> value = rows_.array_of(row).find_mark(row.array_volume, kFormatMark, deadline);
  return {true, value ? std::optional(parse_mark(*value)) : std::nullopt};
}

// A file system that could not be mounted after it was made would wait for its owner.
void Formatter::check_place(const MountRecord& row) {
  if (rows_.parts().file_systems.mounted_at(row.mountpoint))
    throw Error(ErrorKind::failed_precondition, "volume " + row.volume + " is not mounted: " + row.mountpoint +
                                                    " is taken by another mount; unmount that");
}

// False if the mark exists already: then the right to format is not ours.
bool Formatter::begin_format(MountRecord& row, const catalog::Volume& volume, const Deadline& deadline) {
  check_place(row);
  row.fs_uuid = make_uuid();
  rows_.enter(row, MountState::formatting);
  crash_point("mount.format_journaled");
  const FormatMark mark{false, "", row.fs_uuid};
  if (rows_.array_of(row).create_mark(row.array_volume, kFormatMark, encode_mark(mark), deadline)) {
    claim_copy(volume, mark, deadline);
    return true;
  }
  row.fs_uuid.clear();
  return false;
}

// The old mark stays until the old file system is gone, so that it always tells what may be wiped.
void Formatter::begin_format_again(MountRecord& row, const catalog::Volume& volume, const Device& device,
                                   const host::Content& content, const Deadline& deadline) {
  check_place(row);
  log(LogLevel::warning, "an earlier formatting did not end; formatting again",
      {{"volume", row.volume}, {"wwn", row.wwn}});
  if (content.kind != host::Content::Kind::blank) {
    row.fs_uuid = content.uuid;
    rows_.enter(row, MountState::formatting);
    rows_.parts().file_systems.wipe_unfinished(device, content.uuid);
  }
  row.fs_uuid = make_uuid();
  rows_.enter(row, MountState::formatting);
  crash_point("mount.format_journaled");
  const FormatMark mark{false, "", row.fs_uuid};
  claim_copy(volume, mark, deadline);
  put_mark(rows_.array_of(row), volume, mark, deadline);
}

// The copy is formatted by nobody. Should it be served one day, its mark tells that there must be a file system, so it
// is there before there is one.
void Formatter::claim_copy(const catalog::Volume& volume, const FormatMark& mark, const Deadline& deadline) {
  if (volume.record.group.empty()) return;
  array::Array& copy = rows_.copy_array_of(volume);
  try {
    if (!copy.create_mark(volume.array_volume, kFormatMark, encode_mark(mark), deadline))
      copy.update_mark(volume.array_volume, kFormatMark, encode_mark(mark), deadline);
  } catch (const Error& error) {
    throw error.within("volume " + volume.record.name + " is not mounted: it is not formatted before array " +
                       copy.name() + ", which has its copy, knows of it; retry when that takes the mark");
  }
}

// The copy is as safe with the mark that it got before.
void Formatter::finish_mark(const catalog::Volume& volume, const FormatMark& mark, const Deadline& deadline) {
  put_mark(rows_.catalog().array(volume.array).array(), volume, mark, deadline);
  if (volume.record.group.empty()) return;
  try {
    put_mark(rows_.copy_array_of(volume), volume, mark, deadline);
  } catch (const Error& error) {
    log(LogLevel::warning, "the mark of a copy tells of a formatting that did not end, but it did",
        {{"volume", volume.record.name}, {"reason", error.what()}});
  }
}

void Formatter::format(MountRecord& row, const Device& device, const catalog::Volume& volume,
                       const Deadline& deadline) {
  const VolumeOptions options = options_of(volume);
  crash_point("mount.format_marked");
  make_file_system(row, device, options, deadline);
  crash_point("mount.formatted");
  mount(row, device, options.fs_type, options, true);
  prepare_root(row.mountpoint, options);
  crash_point("mount.ownership_set");
  rows_.enter(row, MountState::mounting);
  crash_point("mount.mount_journaled");
  finish_mark(volume, {true, options.fs_type, row.fs_uuid}, deadline);
  crash_point("mount.formatted_marked");
  row.fs_uuid.clear();
}

void Formatter::make_file_system(const MountRecord& row, const Device& device, const VolumeOptions& options,
                                 const Deadline& deadline) {
  const std::string words = join(options.mkfs_options, " ");
  log(LogLevel::info, "formatting",
      {{"volume", row.volume},
       {"device", device.path},
       {"wwn", row.wwn},
       {"type", options.fs_type},
       {"options", words}});
  try {
    rows_.parts().file_systems.format(
        device, {options.fs_type, row.fs_uuid, row.volume.substr(0, 16), options.mkfs_options}, deadline);
  } catch (const Error& error) {
    if (words.empty() || error.kind() != ErrorKind::unavailable) throw;
    throw Error(error.kind(), "volume " + row.volume + " could not be formatted with mkfsOptions=" + printable(words) +
                                  ": " + error.what() +
                                  "; if mkfs does not take these options, remove the volume, which is still empty, "
                                  "and create it anew");
  }
}

void Formatter::mount(const MountRecord& row, const Device& device, const std::string& type,
                      const VolumeOptions& options, bool is_new) {
  const host::MountRequest request{type, applicable_mount_options(type, options.mount_options)};
  if (request.options.size() < options.mount_options.size())
    log(LogLevel::warning, "mount options left out that this file system does not know",
        {{"volume", row.volume}, {"type", type}, {"mountOptions", join(options.mount_options, ",")}});
  try {
    rows_.parts().file_systems.mount(device, request, row.mountpoint);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::unimplemented) throw;
    const std::string made_with = type == options.fs_type ? join(options.mkfs_options, " ") : "";
    const std::string reason = explain_refused_mount(join(request.options, ","), made_with, is_new, error.what());
    if (reason.empty()) throw;
    throw Error(error.kind(), "volume " + row.volume + " is not mounted" + reason);
  }
}

void Formatter::mount_existing(MountRecord& row, const Device& device, const std::string& type,
                               const VolumeOptions& options) {
  rows_.enter(row, MountState::mounting);
  crash_point("mount.mount_journaled");
  mount(row, device, type, options);
  crash_point("mount.mounted");
}

void Formatter::settle(MountRecord& row, const Device& device, const Deadline& deadline) {
  const Look look = fold_look(rows_.array_of(row).list_exports(row.array_volume, deadline), row.array_host);
  const std::optional<catalog::Volume> volume = rows_.catalog().array(row.array).fetch(row.array_volume, deadline);
  const bool ours = look.own && look.others.empty() && volume && volume->record.uuid == row.uuid;
  const host::Content content = ours ? rows_.parts().file_systems.probe(device) : host::Content{};
  if (ours && content.uuid == row.fs_uuid) {
    if (content.kind == host::Content::Kind::half_made) {
      rows_.parts().file_systems.wipe_unfinished(device, row.fs_uuid);
    } else {
      complete_unless_refused(row, device, content, *volume, deadline);
    }
  }
  row.fs_uuid.clear();
}

// Without the user's mount options: those may be why it comes to this, and it is released right after. A kernel that
// cannot mount it at all never will, and to insist would keep the volume from other hosts.
void Formatter::complete_unless_refused(const MountRecord& row, const Device& device, const host::Content& content,
                                        const catalog::Volume& volume, const Deadline& deadline) {
  try {
    rows_.parts().file_systems.mount(device, {content.type}, row.mountpoint);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::unimplemented) throw;
    log(LogLevel::warning, "a new file system stays without its owner and mode, because it cannot be mounted here",
        {{"volume", row.volume}, {"reason", error.what()}});
    return;
  }
  complete_format(row, content, volume, deadline);
}

// What the host that made the file system did not come to.
void Formatter::complete_format(const MountRecord& row, const host::Content& content, const catalog::Volume& volume,
                                const Deadline& deadline) {
  prepare_root(row.mountpoint, options_of(volume));
  finish_mark(volume, {true, content.type, content.uuid}, deadline);
}

void Formatter::prepare_root(const std::string& mountpoint, const VolumeOptions& options) {
  rows_.parts().file_systems.prepare_root(mountpoint, {options.owner_uid, options.owner_gid, options.mode});
}

VolumeOptions Formatter::options_of(const catalog::Volume& volume) const {
  return from_record_options(volume.record.options, rows_.parts().config);
}

}  // namespace hpe3par::volumes
