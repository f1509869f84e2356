#include "hpe3par/host/file_systems.h"

#include <fcntl.h>

#include <mutex>
#include <set>
#include <utility>

#include "block_device.h"
#include "busy.h"
#include "directories.h"
#include "format_marker.h"
#include "hpe3par/base/error.h"
#include "hpe3par/base/log.h"
#include "mkfs.h"
#include "mount_table.h"
#include "mounter.h"
#include "probe.h"

namespace hpe3par::host {
namespace {

constexpr int kMkfsRepeats = 2;
constexpr Millis kMkfsPause{100};

// libblkid answers in lower case, whatever mkfs was given.
std::string lower_case(std::string uuid) {
  for (char& c : uuid) c = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  return uuid;
}

std::string describe(const Content& content) {
  switch (content.kind) {
    case Content::Kind::blank: return "nothing";
    case Content::Kind::file_system: return "file system " + content.type + " " + content.uuid;
    case Content::Kind::half_made: return "the unfinished file system " + content.uuid;
    case Content::Kind::foreign: return content.type;
  }
  return "unknown";
}

bool is_mount_of(const MountEntry& entry, const Device& device) {
  return entry.device_number == device.number && entry.root == "/";
}

[[noreturn]] void throw_taken(const MountEntry& entry) {
  throw Error(ErrorKind::failed_precondition, entry.mountpoint + " is taken by a mount of " + entry.source + " (" +
                                                  entry.type + ", device " + entry.device_number + ")");
}

UniqueFd claim_or_throw(const Device& device, int flags) {
  UniqueFd fd;
  repeat_while_busy([&] { return static_cast<bool>(fd = claim_block_device(device, flags)); });
  if (!fd) throw Error(ErrorKind::failed_precondition, device.path + " is in use: mounted, or held by another device");
  return fd;
}

class LocalFileSystems final : public FileSystems {
 public:
  explicit LocalFileSystems(CommandRunner& runner) : runner_(runner) {}

  Content probe(const Device& device) override {
    return probe_device(device, open_block_device(device, O_RDONLY).get());
  }

  void format(const Device& device, const FormatRequest& request, const Deadline& deadline) override {
    const auto arguments = mkfs_arguments(request, device.path);
    const std::string activity = "formatting " + device.path;
    deadline.check(activity);
    const UniqueFd held = open_block_device(device, O_RDONLY);  // keeps the name from being reused under mkfs
    begin_format(device, lower_case(request.uuid));
    auto result = runner_.run({arguments, {}}, deadline);
    // Our claim of a moment ago may live on in the child of another thread (see busy.h), and mkfs does not wait.
    for (int i = 0; i < kMkfsRepeats && result.outcome == CommandResult::Outcome::exited && !result.ok(); ++i) {
      if (!deadline.sleep_for(kMkfsPause)) break;
      result = runner_.run({arguments, {}}, deadline);
    }
    if (result.outcome == CommandResult::Outcome::timed_out) {
      deadline.check(activity);
      throw Error(ErrorKind::deadline_exceeded, activity + " took too long and was stopped");
    }
    if (!result.ok()) {
      throw Error(ErrorKind::unavailable, activity + ": " + arguments.front() + ": " + result.summary());
    }
    flush_block_device(device, held.get());
    finish_format(device, request);
  }

  void wipe_unfinished(const Device& device, const std::string& fs_uuid) override {
    const UniqueFd fd = claim_or_throw(device, O_RDWR);
    const auto content = probe_device(device, fd.get());
    if (content.kind != Content::Kind::half_made || content.uuid != lower_case(fs_uuid)) {
      throw Error(ErrorKind::failed_precondition,
                  device.path + " holds " + describe(content) + ", not the unfinished file system " + fs_uuid);
    }
    zero_ends(device, fd.get());
    const auto left = probe_device(device, fd.get());
    if (left.kind != Content::Kind::blank) {
      throw Error(ErrorKind::internal, device.path + " still holds " + describe(left) + " after it was wiped");
    }
  }

  void mount(const Device& device, const MountRequest& request, const std::string& mountpoint) override {
    const auto place = resolve_place(mountpoint);
    if (const auto top = topmost_at(read_mount_info(), place)) {
      if (is_mount_of(*top, device)) return;
      throw_taken(*top);
    }
    const UniqueFd held = open_block_device(device, O_RDONLY);
    const bool made = ensure_empty_directory(place);
    try {
      mount_device(device, request, place);
      require_mounted(device, place);
    } catch (...) {
      if (made) remove_directory(place);
      throw;
    }
  }

  void unmount(const Device& device, const std::string& mountpoint) override {
    const auto place = resolve_place(mountpoint);
    auto top = topmost_at(read_mount_info(), place);
    if (top && !is_mount_of(*top, device)) throw_taken(*top);
    while (top && is_mount_of(*top, device)) {
      sync_or_tell_once(device, *top);
      unmount_place(place);
      const auto next = topmost_at(read_mount_info(), place);
      if (next && next->id == top->id) throw Error(ErrorKind::internal, place + " is still mounted after an unmount");
      top = next;
    }
    if (!top) return remove_directory(place);
    log(LogLevel::warning, "another mount was below ours and stays", {{"directory", place}, {"source", top->source}});
  }

  bool is_mounted_elsewhere(const Device& device, const std::string& mountpoint) override {
    return is_mounted_in_another_namespace(device.number, resolve_place(mountpoint));
  }

  std::optional<std::string> mounted_at(const std::string& mountpoint) override {
    const auto top = topmost_at(read_mount_info(), resolve_place(mountpoint));
    if (!top) return std::nullopt;
    return top->device_number;
  }

  MountView view_from(int process, const std::string& mountpoint) override {
    return view_mount(process, resolve_place(mountpoint));
  }

  void prepare_root(const std::string& mountpoint, const Ownership& ownership) override {
    prepare_new_root(resolve_place(mountpoint), ownership);
  }

 private:
  // mkfs.ext4 overwrites an ext4 without a word, so it is us who look.
  static void begin_format(const Device& device, const std::string& uuid) {
    const UniqueFd fd = claim_or_throw(device, O_RDWR);
    const auto content = probe_device(device, fd.get());
    if (content.kind != Content::Kind::blank) {
      throw Error(ErrorKind::failed_precondition, device.path + " is not blank: it holds " + describe(content));
    }
    write_marker(device, fd.get(), uuid);
  }

  static void finish_format(const Device& device, const FormatRequest& request) {
    const UniqueFd fd = claim_or_throw(device, O_RDWR);
    expect_type_and_uuid(device, fd.get(), request);
    erase_marker(device, fd.get());
  }

  static void expect_type_and_uuid(const Device& device, int fd, const FormatRequest& request) {
    const auto content = probe_device(device, fd);
    const bool made = content.kind == Content::Kind::file_system || content.kind == Content::Kind::half_made;
    if (made && content.type == request.type && content.uuid == lower_case(request.uuid)) return;
    throw Error(ErrorKind::internal, device.path + " holds " + describe(content) + " after it was formatted as " +
                                         request.type + " " + request.uuid);
  }

  // A file system that its kernel driver shut down never syncs again; refusing for ever would save nothing.
  void sync_or_tell_once(const Device& device, const MountEntry& entry) {
    try {
      sync_place(device, entry.mountpoint);
    } catch (const Error& error) {
      const std::lock_guard lock(mutex_);
      const bool first = told_.insert({device.disk_sequence, entry.id}).second;
      if (first || error.kind() != ErrorKind::unavailable) throw;
      log(LogLevel::error, "unmounting although data could not be written", {{"reason", error.what()}});
    }
  }

  static void require_mounted(const Device& device, const std::string& place) {
    const auto top = topmost_at(read_mount_info(), place);
    if (top && is_mount_of(*top, device)) return;
    throw Error(ErrorKind::internal, device.path + " does not show at " + place + " after it was mounted");
  }

  CommandRunner& runner_;
  std::mutex mutex_;
  std::set<std::pair<std::uint64_t, int>> told_;  // disk sequence and mount id of failed syncs
};

}  // namespace

std::unique_ptr<FileSystems> make_file_systems(CommandRunner& runner) {
  return std::make_unique<LocalFileSystems>(runner);
}

}  // namespace hpe3par::host
