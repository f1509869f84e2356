#pragma once

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "hpe3par/base/error.h"
#include "hpe3par/host/attacher.h"
#include "hpe3par/host/file_systems.h"
#include "tests/fakes/fake_array.h"
#include "tests/fakes/steps.h"

namespace hpe3par::test {

/// What is on the volumes, by WWN: shared by all hosts, as on an array.
struct FakeDisk {
  host::Content content{host::Content::Kind::blank, "", ""};
  host::Ownership ownership;
};

/// The kernel of one machine: devices of exported volumes, and mounts. It outlives the daemons that are run on it.
/// Thread-safe.
class FakeHost final : public host::Attacher, public host::FileSystems {
 public:
  FakeHost(Steps& steps, FakeArray& array, std::map<std::string, FakeDisk>& disks)
      : steps_(steps), arrays_{&array}, disks_(disks) {}

  // ---- what a test sets up or looks at ----

  /// Volumes of this one can be attached too.
  void add_array(FakeArray& array) {
    const std::lock_guard hold(mutex_);
    arrays_.push_back(&array);
  }
  /// Somebody else (a container's mount namespace) holds the device of this volume, or lets it go.
  void set_claimed(const std::string& wwn, bool claimed) {
    const std::lock_guard hold(mutex_);
    if (claimed) {
      claimed_.insert(wwn);
    } else {
      claimed_.erase(wwn);
    }
  }
  void set_busy(const std::string& mountpoint, bool busy) {
    const std::lock_guard hold(mutex_);
    if (busy) {
      busy_.insert(mountpoint);
    } else {
      busy_.erase(mountpoint);
    }
  }
  /// A mount of something else on top at that place.
  void add_foreign_mount(const std::string& mountpoint) {
    const std::lock_guard hold(mutex_);
    mounts_[mountpoint].push_back("0:99");
  }
  /// Takes the topmost mount of that place away, as the engine does at `plugin disable -f`.
  void drop_mount(const std::string& mountpoint) {
    const std::lock_guard hold(mutex_);
    mounts_[mountpoint].pop_back();
    if (mounts_[mountpoint].empty()) mounts_.erase(mountpoint);
  }
  /// What that process finds where a mount should be; `seen` if nothing else is said.
  void set_view(int process, host::MountView view) {
    const std::lock_guard hold(mutex_);
    views_[process] = view;
  }
  void set_content(const std::string& wwn, host::Content content) {
    const std::lock_guard hold(mutex_);
    disks_[wwn].content = std::move(content);
  }
  host::Content content(const std::string& wwn) const {
    const std::lock_guard hold(mutex_);
    return disks_[wwn].content;
  }
  host::Ownership ownership(const std::string& wwn) const {
    const std::lock_guard hold(mutex_);
    return disks_[wwn].ownership;
  }
  int formats() const {
    const std::lock_guard hold(mutex_);
    return formats_;
  }
  /// What the last format() and the last mount() that did something were asked for.
  host::FormatRequest last_format() const {
    const std::lock_guard hold(mutex_);
    return last_format_;
  }
  host::MountRequest last_mount() const {
    const std::lock_guard hold(mutex_);
    return last_mount_;
  }
  /// The kernel of this machine does not take that mount option or type, or its mkfs that word.
  void refuse_option(const std::string& option) {
    const std::lock_guard hold(mutex_);
    refused_options_.insert(option);
  }
  std::size_t devices() const {
    const std::lock_guard hold(mutex_);
    return devices_.size();
  }
  std::size_t mounts() const {
    const std::lock_guard hold(mutex_);
    return mounts_.size();
  }
  bool attached(const std::string& wwn) const {
    const std::lock_guard hold(mutex_);
    return devices_.contains(wwn);
  }
  /// Everything in memory is gone: devices, mounts, claims.
  void reboot() {
    const std::lock_guard hold(mutex_);
    devices_.clear();
    mounts_.clear();
    claimed_.clear();
    busy_.clear();
  }

  // ---- Attacher ----

  host::Device attach(const host::AttachTarget& target, const Deadline& deadline) override {
    return as_step(steps_, "attach", [&] {
      deadline.check("attach");
      if (!is_exported(target.wwn, target.array_host))
        throw Error(ErrorKind::deadline_exceeded, "no device of " + target.wwn + " appeared");
      const std::lock_guard hold(mutex_);
      const auto known = devices_.find(target.wwn);
      if (known != devices_.end()) return known->second;
      ++last_device_;
      host::Device device{"/dev/loop" + std::to_string(last_device_), "7:" + std::to_string(last_device_),
                          static_cast<std::uint64_t>(last_device_)};
      devices_[target.wwn] = device;
      return device;
    });
  }
  std::optional<host::Device> find(const host::AttachTarget& target) override {
    if (steps_.dead()) throw ProcessDied();
    const std::lock_guard hold(mutex_);
    const auto known = devices_.find(target.wwn);
    if (known == devices_.end()) return std::nullopt;
    return known->second;
  }
  Detached detach(const host::AttachTarget& target, const Deadline&) override {
    return as_step(steps_, "detach", [&] {
      const std::lock_guard hold(mutex_);
      const auto known = devices_.find(target.wwn);
      if (known == devices_.end()) return Detached::gone;
      if (claimed_.contains(target.wwn) || is_mounted(known->second.number)) return Detached::claimed;
      if (!is_exported(target.wwn, target.array_host)) detached_without_export_ = true;
      devices_.erase(known);
      return Detached::gone;
    });
  }

  // ---- FileSystems ----

  host::Content probe(const host::Device& device) override {
    return as_step(steps_, "probe", [&] {
      const std::lock_guard hold(mutex_);
      return disks_[wwn_of(device)].content;
    });
  }
  void format(const host::Device& device, const host::FormatRequest& request, const Deadline&) override {
    as_step(steps_, "format", [&] {
      const std::lock_guard hold(mutex_);
      FakeDisk& disk = disks_[wwn_of(device)];
      if (disk.content.kind != host::Content::Kind::blank)
        throw Error(ErrorKind::failed_precondition, device.path + " is not blank");
      disk.content = {host::Content::Kind::half_made, "", request.uuid};
      for (const std::string& word : request.options)
        if (refused_options_.contains(word)) throw Error(ErrorKind::unavailable, "mkfs: exit status 1: " + word);
      disk.content = {host::Content::Kind::file_system, request.type, request.uuid};
      last_format_ = request;
      ++formats_;
    });
  }
  void wipe_unfinished(const host::Device& device, const std::string& fs_uuid) override {
    as_step(steps_, "wipe_unfinished", [&] {
      const std::lock_guard hold(mutex_);
      host::Content& content = disks_[wwn_of(device)].content;
      if (content.kind != host::Content::Kind::half_made || content.uuid != fs_uuid)
        throw Error(ErrorKind::failed_precondition, device.path + " is not half made with " + fs_uuid);
      content = {host::Content::Kind::blank, "", ""};
    });
  }
  void mount(const host::Device& device, const host::MountRequest& request, const std::string& mountpoint) override {
    as_step(steps_, "mount", [&] {
      const std::lock_guard hold(mutex_);
      const auto taken = mounts_.find(mountpoint);
      if (taken != mounts_.end() && taken->second.back() == device.number) return;
      if (taken != mounts_.end()) throw Error(ErrorKind::failed_precondition, mountpoint + " is taken");
      if (disks_[wwn_of(device)].content.kind != host::Content::Kind::file_system)
        throw Error(ErrorKind::unavailable, "cannot mount " + device.path);
      for (const std::string& option : request.options)
        if (refused_options_.contains(option))
          throw Error(ErrorKind::unimplemented, "cannot mount " + device.path + ": unknown parameter " + option);
      if (refused_options_.contains(request.type))
        throw Error(ErrorKind::unimplemented, "cannot mount " + device.path + ": unknown type " + request.type);
      mounts_[mountpoint].push_back(device.number);
      last_mount_ = request;
    });
  }
  void unmount(const host::Device& device, const std::string& mountpoint) override {
    as_step(steps_, "unmount", [&] {
      const std::lock_guard hold(mutex_);
      const auto top = mounts_.find(mountpoint);
      if (top == mounts_.end()) return;
      if (top->second.back() != device.number)
        throw Error(ErrorKind::failed_precondition, mountpoint + " is taken by another mount");
      if (busy_.contains(mountpoint)) throw Error(ErrorKind::failed_precondition, mountpoint + " is busy");
      mounts_.erase(top);
    });
  }
  // As where /proc shows nobody else.
  bool is_mounted_elsewhere(const host::Device&, const std::string&) override { return false; }
  host::MountView view_from(int process, const std::string&) override {
    const std::lock_guard hold(mutex_);
    const auto view = views_.find(process);
    return view == views_.end() ? host::MountView::seen : view->second;
  }
  std::optional<std::string> mounted_at(const std::string& mountpoint) override {
    if (steps_.dead()) throw ProcessDied();
    const std::lock_guard hold(mutex_);
    const auto found = mounts_.find(mountpoint);
    if (found == mounts_.end()) return std::nullopt;
    return found->second.back();
  }
  void prepare_root(const std::string& mountpoint, const host::Ownership& ownership) override {
    as_step(steps_, "prepare_root", [&] {
      const std::lock_guard hold(mutex_);
      for (const auto& [wwn, device] : devices_)
        if (device.number == mounts_.at(mountpoint).back()) disks_[wwn].ownership = ownership;
    });
  }

  /// An export was taken away before its device was gone: never right.
  bool detached_without_export() const {
    const std::lock_guard hold(mutex_);
    return detached_without_export_;
  }

 private:
  bool is_exported(const std::string& wwn, const std::string& array_host) const {
    return std::any_of(arrays_.begin(), arrays_.end(),
                       [&](const FakeArray* each) { return each->exported(wwn, array_host); });
  }
  std::string wwn_of(const host::Device& device) const {
    for (const auto& [wwn, each] : devices_)
      if (each.number == device.number) return wwn;
    throw Error(ErrorKind::unavailable, device.path + " does not exist");
  }
  bool is_mounted(const std::string& number) const {
    return std::any_of(mounts_.begin(), mounts_.end(), [&](const auto& place) {
      return std::find(place.second.begin(), place.second.end(), number) != place.second.end();
    });
  }

  Steps& steps_;
  std::vector<FakeArray*> arrays_;
  std::map<std::string, FakeDisk>& disks_;
  mutable std::mutex mutex_;
  std::map<std::string, host::Device> devices_;  // by WWN
  std::map<std::string, std::vector<std::string>> mounts_;
  std::map<int, host::MountView> views_;
  std::set<std::string> claimed_;
  std::set<std::string> busy_;
  std::set<std::string> refused_options_;
  host::FormatRequest last_format_;
  host::MountRequest last_mount_;
  int last_device_ = 0;
  int formats_ = 0;
  bool detached_without_export_ = false;
};

}  // namespace hpe3par::test
