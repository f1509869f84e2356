#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include "hpe3par/array/array.h"
#include "hpe3par/base/error.h"
#include "tests/fakes/steps.h"

namespace hpe3par::test {

/// An array in memory: volumes, marks, hosts and exports, with accounts of what was asked. Thread-safe.
class FakeArray final : public array::Array {
 public:
  enum class When { before_effect, after_effect };

  explicit FakeArray(Steps& steps, std::string name = "A") : steps_(steps), name_(std::move(name)) {}

  // ---- what a test sets up or looks at ----

  void fail_next(const std::string& method, When when, Error error, int count = 1) {
    const std::lock_guard hold(mutex_);
    faults_.insert_or_assign(method, Fault{when, std::move(error), count});
  }
  void set_silent(bool silent) {
    const std::lock_guard hold(mutex_);
    silent_ = silent;
  }
  /// Called at the beginning of every request, without a lock held.
  void set_hook(std::function<void(const std::string&)> hook) {
    const std::lock_guard hold(mutex_);
    hook_ = std::move(hook);
  }
  /// Called in the middle of a listing: what was there when it began is already read.
  void set_listing_hook(std::function<void()> hook) {
    const std::lock_guard hold(mutex_);
    listing_hook_ = std::move(hook);
  }
  int requests(const std::string& method) const {
    const std::lock_guard hold(mutex_);
    const auto found = requests_.find(method);
    return found == requests_.end() ? 0 : found->second;
  }
  int requests() const {
    const std::lock_guard hold(mutex_);
    int sum = 0;
    for (const auto& [method, count] : requests_) sum += count;
    return sum;
  }
  void reset_requests() {
    const std::lock_guard hold(mutex_);
    requests_.clear();
  }
  void add_volume(const std::string& name, const std::string& comment, const std::string& wwn = "") {
    const std::lock_guard hold(mutex_);
    add(name, comment, 1024, "cpg1");
    if (!wwn.empty()) volumes_[name].wwn = wwn;
  }
  void set_children(const std::string& name, std::vector<std::string> children) {
    const std::lock_guard hold(mutex_);
    children_[name] = std::move(children);
  }
  void drop_volume(const std::string& name) {
    const std::lock_guard hold(mutex_);
    volumes_.erase(name);
    exports_.erase(name);
    std::erase_if(marks_, [&](const auto& mark) { return mark.first.first == name; });
  }
  void edit_volume(const std::string& name, const std::function<void(array::ArrayVolume&)>& edit) {
    const std::lock_guard hold(mutex_);
    edit(volumes_.at(name));
  }
  std::optional<array::ArrayVolume> volume(const std::string& name) const {
    const std::lock_guard hold(mutex_);
    const auto found = volumes_.find(name);
    return found == volumes_.end() ? std::nullopt : std::optional(found->second);
  }
  std::size_t volume_count() const {
    const std::lock_guard hold(mutex_);
    return volumes_.size();
  }
  void add_host(const std::string& host, const std::string& initiator, const std::string& address) {
    const std::lock_guard hold(mutex_);
    hosts_[host] = {host, {{initiator, address}}};
  }
  void add_export(const std::string& volume, const std::string& host, bool active,
                  array::ExportKind kind = array::ExportKind::host) {
    const std::lock_guard hold(mutex_);
    put_export(volume, host, kind);
    set_active_locked(host, active);
  }
  void drop_export(const std::string& volume, const std::string& host) {
    const std::lock_guard hold(mutex_);
    std::erase_if(exports_[volume], [&](const array::Export& each) { return each.array_host == host; });
  }
  void set_active(const std::string& host, bool active) {
    const std::lock_guard hold(mutex_);
    set_active_locked(host, active);
  }
  /// Hosts that have a template of the volume, sorted.
  std::vector<std::string> holders(const std::string& volume) const {
    const std::lock_guard hold(mutex_);
    std::vector<std::string> hosts;
    const auto found = exports_.find(volume);
    if (found != exports_.end())
      for (const array::Export& each : found->second) hosts.push_back(each.array_host);
    std::sort(hosts.begin(), hosts.end());
    return hosts;
  }
  bool exported(const std::string& wwn, const std::string& host) const {
    const std::lock_guard hold(mutex_);
    for (const auto& [volume, list] : exports_)
      for (const array::Export& each : list)
        if (each.wwn == wwn && each.array_host == host) return true;
    return false;
  }
  std::optional<std::string> mark(const std::string& volume, const std::string& key) const {
    const std::lock_guard hold(mutex_);
    const auto found = marks_.find({volume, key});
    return found == marks_.end() ? std::nullopt : std::optional(found->second);
  }
  void set_mark(const std::string& volume, const std::string& key, const std::string& value) {
    const std::lock_guard hold(mutex_);
    marks_[{volume, key}] = value;
  }
  void drop_mark(const std::string& volume, const std::string& key) {
    const std::lock_guard hold(mutex_);
    marks_.erase({volume, key});
  }
  /// Empty, as at first: it tells none.
  void set_serial(const std::string& serial) {
    const std::lock_guard hold(mutex_);
    serial_ = serial;
  }
  void set_local_address(const std::string& address) {
    const std::lock_guard hold(mutex_);
    local_address_ = address;
  }

  void put_set(const array::VolumeSet& set) {
    const std::lock_guard hold(mutex_);
    sets_[set.name] = set;
  }
  void disable_rule(const std::string& set) {
    const std::lock_guard hold(mutex_);
    sets_.at(set).has_qos = false;
    disabled_rules_.insert(set);
  }
  void set_flash_cache(bool exists) {
    const std::lock_guard hold(mutex_);
    flash_cache_ = exists;
  }
  void drop_set(const std::string& name) {
    const std::lock_guard hold(mutex_);
    sets_.erase(name);
  }
  void drop_sets() {
    const std::lock_guard hold(mutex_);
    sets_.clear();
  }
  std::size_t set_count() const {
    const std::lock_guard hold(mutex_);
    return sets_.size();
  }
  /// Names of the sets that the volume is in, sorted.
  std::vector<std::string> sets_of(const std::string& volume) const {
    const std::lock_guard hold(mutex_);
    std::vector<std::string> names;
    for (const auto& [name, set] : sets_)
      if (holds(set, volume)) names.push_back(name);
    return names;
  }
  std::optional<array::VolumeSet> set(const std::string& name) const {
    const std::lock_guard hold(mutex_);
    const auto found = sets_.find(name);
    return found == sets_.end() ? std::nullopt : std::optional(found->second);
  }

  /// 0, as at first: it admits to stopped groups only.
  void set_build(int build) {
    const std::lock_guard hold(mutex_);
    build_ = build;
  }
  /// Whatever its build: it admits to stopped groups only.
  void refuse_online() {
    const std::lock_guard hold(mutex_);
    refuses_online_ = true;
  }
  /// A start is confirmed and has no effect, so many times.
  void ignore_starts(int count) {
    const std::lock_guard hold(mutex_);
    ignored_starts_ = count;
  }

  /// False: it is of a version that never tells of a volume in which group it is.
  void set_tells_groups(bool tells) {
    const std::lock_guard hold(mutex_);
    tells_groups_ = tells;
  }
  /// What happens to groups happens to their other side on `peer` too. Its own groups stay its own.
  void set_peer(FakeArray& peer) { peer_ = &peer; }
  std::optional<array::RemoteCopyGroup> group(const std::string& name) const {
    const std::lock_guard hold(mutex_);
    const auto found = groups_.find(name);
    return found == groups_.end() ? std::nullopt : std::optional(found->second);
  }
  void put_group(const array::RemoteCopyGroup& group) {
    const std::lock_guard hold(mutex_);
    groups_[group.name] = group;
  }
  void edit_group(const std::string& name, const std::function<void(array::RemoteCopyGroup&)>& edit) {
    const std::lock_guard hold(mutex_);
    edit(groups_.at(name));
  }

  // ---- Array ----

  void create_volume(const array::NewVolume& order, const Deadline& deadline) override {
    request("create_volume", deadline, [&] {
      if (volumes_.contains(order.name))
        throw Error(ErrorKind::already_exists, "array " + name_ + ": name " + order.name + " is taken", 22);
      if (order.cpg != "cpg1" && order.cpg != "cpg2")
        throw Error(ErrorKind::not_found, "array " + name_ + ": CPG " + order.cpg + " does not exist", 15);
      add(order.name, order.comment, order.size_mib, order.cpg);
      volumes_[order.name].snap_cpg = order.snap_cpg;
    });
  }
  std::optional<array::ArrayVolume> find_volume(const std::string& name, const Deadline& deadline) override {
    return request("find_volume", deadline, [&]() -> std::optional<array::ArrayVolume> {
      const auto found = volumes_.find(name);
      if (found == volumes_.end()) return std::nullopt;
      return told(found->second);
    });
  }
  void list_volumes(const std::vector<std::string>& prefixes,
                    const std::function<void(const array::ArrayVolume&)>& visit, const Deadline& deadline) override {
    std::vector<array::ArrayVolume> found;
    std::function<void()> hook;
    request("list_volumes", deadline, [&] {
      for (const auto& [name, volume] : volumes_)
        if (std::any_of(prefixes.begin(), prefixes.end(),
                        [&text = name](const auto& prefix) { return text.starts_with(prefix); }))
          found.push_back(told(volume));
      hook = listing_hook_;
    });
    if (hook) hook();
    for (const array::ArrayVolume& volume : found) visit(volume);
  }
  std::vector<std::string> list_children(const std::string& name, const Deadline& deadline) override {
    return request("list_children", deadline, [&] {
      const auto found = children_.find(name);
      return found == children_.end() ? std::vector<std::string>() : found->second;
    });
  }
  void write_comment(const std::string& name, const std::string& comment, const Deadline& deadline) override {
    request("write_comment", deadline, [&] {
      const auto found = volumes_.find(name);
      if (found == volumes_.end()) throw Error(ErrorKind::not_found, "array " + name_ + ": no such volume", 23);
      found->second.comment = comment;
    });
  }
  void remove_volume(const std::string& name, InUse, const Deadline& deadline) override {
    request("remove_volume", deadline, [&] {
      if (const auto list = exports_.find(name); list != exports_.end() && !list->second.empty())
        throw Error(ErrorKind::failed_precondition, "array " + name_ + ": volume has exports", 26);
      for (const auto& [set_name, set] : sets_)
        if (holds(set, name)) throw Error(ErrorKind::failed_precondition, "array " + name_ + ": resource in use", 34);
      volumes_.erase(name);
      std::erase_if(marks_, [&](const auto& mark) { return mark.first.first == name; });
    });
  }
  bool create_mark(const std::string& volume, const std::string& key, const std::string& value,
                   const Deadline& deadline) override {
    return request("create_mark", deadline, [&] { return marks_.emplace(std::pair(volume, key), value).second; });
  }
  std::optional<std::string> find_mark(const std::string& volume, const std::string& key,
                                       const Deadline& deadline) override {
    return request("find_mark", deadline, [&]() -> std::optional<std::string> {
      const auto found = marks_.find({volume, key});
      if (found == marks_.end()) return std::nullopt;
      return found->second;
    });
  }
  void update_mark(const std::string& volume, const std::string& key, const std::string& value,
                   const Deadline& deadline) override {
    request("update_mark", deadline, [&] {
      const auto found = marks_.find({volume, key});
      if (found == marks_.end()) throw Error(ErrorKind::not_found, "array " + name_ + ": no such key", 180);
      found->second = value;
    });
  }
  std::optional<array::VolumeSet> find_set(const std::string& name, const Deadline& deadline) override {
    return request("find_set", deadline, [&]() -> std::optional<array::VolumeSet> {
      const auto found = sets_.find(name);
      if (found == sets_.end()) return std::nullopt;
      return found->second;
    });
  }
  std::vector<array::VolumeSet> list_sets_of(const std::string& volume, const Deadline& deadline) override {
    return request("list_sets_of", deadline, [&] {
      std::vector<array::VolumeSet> found;
      for (const auto& [name, set] : sets_)
        if (holds(set, volume)) found.push_back(set);
      return found;
    });
  }
  QosRule find_qos_rule(const std::string& set, const Deadline& deadline) override {
    return request("find_qos_rule", deadline, [&] {
      const auto found = sets_.find(set);
      if (found != sets_.end() && found->second.has_qos) return QosRule::enabled;
      return disabled_rules_.contains(set) ? QosRule::disabled : QosRule::none;
    });
  }
  bool has_flash_cache(const Deadline& deadline) override {
    return request("has_flash_cache", deadline, [&] { return flash_cache_; });
  }
  void create_flash_cache_set(const std::string& name, const std::string& volume, const std::string&,
                              const Deadline& deadline) override {
    request("create_flash_cache_set", deadline, [&] {
      const auto set = sets_.find(name);
      if (set == sets_.end()) {
        sets_[name] = {name, {volume}, false, true};
      } else if (holds(set->second, volume)) {
        set->second.flash_cache = true;
      } else {
        throw Error(ErrorKind::already_exists, "array " + name_ + ": a set " + name + " has other members");
      }
    });
  }
  void add_to_set(const std::string& name, const std::string& volume, const Deadline& deadline) override {
    request("add_to_set", deadline, [&] {
      const auto set = sets_.find(name);
      if (set == sets_.end()) throw Error(ErrorKind::not_found, "array " + name_ + ": no set " + name, 102);
      if (!volumes_.contains(volume)) throw Error(ErrorKind::not_found, "array " + name_ + ": no such volume", 23);
      if (!holds(set->second, volume)) set->second.members.push_back(volume);
    });
  }
  void remove_from_set(const std::string& name, const std::string& volume, const Deadline& deadline) override {
    request("remove_from_set", deadline, [&] {
      const auto set = sets_.find(name);
      if (set != sets_.end()) std::erase(set->second.members, volume);
    });
  }
  bool create_empty_set(const std::string& name, const std::string& comment, const Deadline& deadline) override {
    return request("create_empty_set", deadline, [&] {
      return sets_.emplace(name, array::VolumeSet{name, {}, false, false, comment}).second;
    });
  }
  bool rename_set(const std::string& name, const std::string& new_name, const Deadline& deadline) override {
    return request("rename_set", deadline, [&] {
      if (!sets_.contains(name)) return false;
      if (sets_.contains(new_name))
        throw Error(ErrorKind::already_exists, "array " + name_ + ": a set " + new_name + " exists", 101);
      auto node = sets_.extract(name);
      node.key() = node.mapped().name = new_name;
      sets_.insert(std::move(node));
      return true;
    });
  }
  void remove_set(const std::string& name, const Deadline& deadline) override {
    request("remove_set", deadline, [&] { sets_.erase(name); });
  }
  std::optional<array::RemoteCopyGroup> find_group(const std::string& name, const Deadline& deadline) override {
    return request("find_group", deadline, [&]() -> std::optional<array::RemoteCopyGroup> {
      const auto found = groups_.find(name);
      if (found == groups_.end()) return std::nullopt;
      return found->second;
    });
  }
  std::vector<array::RemoteCopyGroup> list_groups(const Deadline& deadline) override {
    return request("list_groups", deadline, [&] {
      std::vector<array::RemoteCopyGroup> found;
      for (const auto& [name, group] : groups_) found.push_back(group);
      return found;
    });
  }
  void create_group(const array::NewGroup& order, const Deadline& deadline) override {
    request("create_group", deadline, [&] {
      if (groups_.contains(order.name))
        throw Error(ErrorKind::already_exists, "array " + name_ + ": there is a group " + order.name, 237);
      array::RemoteCopyGroup made;
      made.name = order.name;
      made.remote_name = order.name + ".r1";
      made.role = array::Role::primary;
      made.cpg = order.cpg;
      made.snap_cpg = order.snap_cpg;
      array::GroupTarget target;
      target.name = order.target;
      target.mode = order.mode;
      target.state = array::GroupState::fresh;
      target.cpg = order.target_cpg;
      made.targets = {target};
      groups_[order.name] = made;
      if (peer_ == nullptr) return;
      std::swap(made.name, made.remote_name);
      made.role = array::Role::secondary;
      made.cpg = order.target_cpg;
      made.targets[0].name = name_;
      peer_->put_group(made);
    });
  }
  void set_peer_persistence(const std::string& group, const std::string& target, const Deadline& deadline) override {
    change_target("set_peer_persistence", group, target, deadline,
                  [](auto& now) { now.auto_failover = now.path_management = now.auto_recover = true; });
  }
  void set_sync_period(const std::string& group, const std::string& target, std::chrono::seconds period,
                       const Deadline& deadline) override {
    change_target("set_sync_period", group, target, deadline, [&](auto& now) { now.sync_period = period; });
  }
  void admit_volume(const std::string& group, const array::Admission& admission, const Deadline& deadline) override {
    change_members("admit_volume", group, deadline, [&](array::RemoteCopyGroup& now, bool here) {
      if (now.find_member(here ? admission.volume : admission.remote_volume) != nullptr) return;
      array::GroupCopy copy;
      copy.target = now.targets.at(0).name;
      copy.volume = here ? admission.remote_volume : admission.volume;
      copy.status = array::SyncStatus::fresh;
      now.members.push_back({here ? admission.volume : admission.remote_volume, {copy}});
      if (!here || peer_ == nullptr) return;
      peer_->add_volume(admission.remote_volume, "", admission.different_wwn ? "" : volumes_[admission.volume].wwn);
    });
  }
  void dismiss_volume(const std::string& group, const std::string& volume, const Deadline& deadline) override {
    take_out("dismiss_volume", group, volume, deadline);
  }
  void withdraw_volume(const std::string& group, const std::string& volume, const Deadline& deadline) override {
    take_out("withdraw_volume", group, volume, deadline);
  }
  void take_out(const std::string& method, const std::string& group, const std::string& volume,
                const Deadline& deadline) {
    change_members(method, group, deadline, [&](array::RemoteCopyGroup& now, bool here) {
      const array::GroupMember* leaving = here ? now.find_member(volume) : nullptr;
      if (leaving != nullptr && peer_ != nullptr && method == "withdraw_volume")
        peer_->drop_volume(leaving->copies.at(0).volume);
      std::erase_if(now.members, [&](const array::GroupMember& member) {
        return here ? member.volume == volume : member.copies.at(0).volume == volume;
      });
    });
  }
  void start_group(const std::string& name, const Deadline& deadline) override {
    bool ignored = false;
    {
      const std::lock_guard hold(mutex_);
      ignored = ignored_starts_ > 0 && ignored_starts_-- > 0;
    }
    change_target("start_group", name, "", deadline, [ignored](auto& now) {
      if (!ignored) now.state = array::GroupState::started;
    });
  }
  void stop_group(const std::string& name, const Deadline& deadline) override {
    change_target("stop_group", name, "", deadline, [](auto& now) { now.state = array::GroupState::stopped; });
  }
  void remove_group(const std::string& name, const Deadline& deadline) override {
    request("remove_group", deadline, [&] {
      const auto found = groups_.find(name);
      if (found == groups_.end()) return;
      if (peer_ != nullptr) {
        const std::lock_guard hold(peer_->mutex_);
        peer_->groups_.erase(found->second.remote_name);
      }
      groups_.erase(found);
    });
  }
  std::string ensure_host(const array::HostIdentity& identity, const Deadline& deadline) override {
    return request("ensure_host", deadline, [&] {
      array::ArrayHost& host = hosts_[identity.name];
      host.name = identity.name;
      for (const std::string& initiator : identity.initiators)
        if (std::none_of(host.paths.begin(), host.paths.end(), [&](const auto& p) { return p.initiator == initiator; }))
          host.paths.push_back({initiator, local_address_});
      return identity.name;
    });
  }
  std::optional<array::ArrayHost> find_host(const std::string& name, const Deadline& deadline) override {
    return request("find_host", deadline, [&]() -> std::optional<array::ArrayHost> {
      const auto found = hosts_.find(name);
      if (found == hosts_.end()) return std::nullopt;
      return found->second;
    });
  }
  array::Export export_volume(const std::string& volume, const std::string& host, const Deadline& deadline) override {
    return request("export_volume", deadline, [&] {
      if (!volumes_.contains(volume)) throw Error(ErrorKind::not_found, "array " + name_ + ": no such volume", 23);
      if (!hosts_.contains(host)) throw Error(ErrorKind::not_found, "array " + name_ + ": no such host", 17);
      for (const array::Export& each : exports_[volume])
        if (each.array_host == host && each.kind == array::ExportKind::host)
          throw Error(ErrorKind::already_exists, "array " + name_ + ": VLUN exists", 18);
      return put_export(volume, host, array::ExportKind::host);
    });
  }
  std::vector<array::Export> list_exports(const std::string& volume, const Deadline& deadline) override {
    return request("list_exports", deadline, [&] {
      std::vector<array::Export> exports = exports_[volume];
      for (const array::Export& each : exports_[volume]) {
        if (!active_hosts_.contains(each.array_host)) continue;
        array::Export active = each;
        active.active = true;
        active.initiator = "iqn." + each.array_host;
        exports.push_back(active);
      }
      return exports;
    });
  }
  std::vector<array::Export> list_exports_to(const std::string& array_host, const Deadline& deadline) override {
    return request("list_exports_to", deadline, [&] {
      std::vector<array::Export> exports;
      for (const auto& [volume, list] : exports_)
        for (const array::Export& each : list)
          if (each.array_host == array_host) exports.push_back(each);
      return exports;
    });
  }
  void unexport_volume(const array::Export& target, const Deadline& deadline) override {
    request("unexport_volume", deadline, [&] {
      std::erase_if(exports_[target.volume], [&](const array::Export& each) {
        return each.array_host == target.array_host && each.lun == target.lun && each.kind == target.kind;
      });
    });
  }
  const std::string& name() const override { return name_; }
  array::ArrayStatus status() const override {
    const std::lock_guard hold(mutex_);
    array::ArrayStatus status;
    status.state = silent_       ? array::ArrayStatus::State::unreachable
                   : !connected_ ? array::ArrayStatus::State::connecting
                                 : array::ArrayStatus::State::up;
    status.reason = silent_ ? "array " + name_ + " does not answer" : "";
    status.system_name = connected_ ? name_ : "";
    status.serial_number = connected_ ? serial_ : "";
    status.build = connected_ ? build_ : 0;
    if (status.state == array::ArrayStatus::State::up && !refusal_.empty()) {
      status.state = array::ArrayStatus::State::refused;
      status.reason = refusal_;
    }
    return status;
  }
  void connect(const Deadline& deadline) override {
    request("connect", deadline, [] {});
  }
  std::string local_address() const override {
    const std::lock_guard hold(mutex_);
    return local_address_;
  }
  std::optional<WallTime> array_time() const override {
    const std::lock_guard hold(mutex_);
    return time_;
  }
  void set_time(std::optional<WallTime> time) {
    const std::lock_guard hold(mutex_);
    time_ = time;
  }
  void close_idle_sessions(bool, const Deadline&) override {}
  void refuse(const std::string& reason) override {
    const std::lock_guard hold(mutex_);
    refusal_ = reason;
  }
  void expect_serial(const std::string&) override {}

 private:
  struct Fault {
    When when;
    Error error;
    int count;
  };

  template <typename Effect>
  auto request(const std::string& method, const Deadline& deadline, Effect effect) -> std::invoke_result_t<Effect> {
    std::function<void(const std::string&)> hook;
    {
      const std::lock_guard hold(mutex_);
      ++requests_[method];
      hook = hook_;
    }
    if (hook) hook(method);
    deadline.check("array " + name_ + ": " + method);
    return as_step(steps_, method, [&] { return perform(method, deadline, effect); });
  }

  template <typename Effect>
  auto perform(const std::string& method, const Deadline& deadline, Effect effect) -> std::invoke_result_t<Effect> {
    const std::lock_guard hold(mutex_);
    if (silent_) {
      // As if it took until the deadline to find out, but without the wait.
      throw Error(deadline.expired() ? ErrorKind::deadline_exceeded : ErrorKind::unavailable,
                  "array " + name_ + " does not answer");
    }
    if (!refusal_.empty() && method != "connect") throw Error(ErrorKind::failed_precondition, refusal_);
    const auto fault = faults_.find(method);
    const bool faulty = fault != faults_.end() && fault->second.count > 0;
    if (faulty && fault->second.when == When::before_effect) {
      --fault->second.count;
      throw Error(fault->second.error);
    }
    connected_ = true;
    const auto finish = [&] {
      if (!faulty) return;
      --fault->second.count;
      throw Error(fault->second.error);
    };
    if constexpr (std::is_void_v<decltype(effect())>) {
      effect();
      finish();
    } else {
      auto result = effect();
      finish();
      return result;
    }
  }

  /// @param change is told whether it is the group asked for, or its other side
  template <typename Change>
  void change_members(const std::string& method, const std::string& name, const Deadline& deadline, Change change) {
    request(method, deadline, [&] {
      const auto found = groups_.find(name);
      if (found == groups_.end()) throw Error(ErrorKind::not_found, "array " + name_ + ": no group " + name, 187);
      const bool members = method.ends_with("_volume");
      const bool online = method == "admit_volume" && array::admits_to_started_groups(build_) && !refuses_online_;
      if (members && !online && found->second.targets.at(0).state == array::GroupState::started)
        throw Error(ErrorKind::failed_precondition, "array " + name_ + ": group " + name + " is started", 215);
      change(found->second, true);
      if (peer_ == nullptr) return;
      array::RemoteCopyGroup other = peer_->group(found->second.remote_name).value();
      change(other, false);
      peer_->put_group(other);
    });
  }
  template <typename Change>
  void change_target(const std::string& method, const std::string& name, const std::string& target,
                     const Deadline& deadline, Change change) {
    change_members(method, name, deadline, [&](array::RemoteCopyGroup& now, bool here) {
      if (here && !target.empty() && now.targets.at(0).name != target)
        throw Error(ErrorKind::invalid_argument, "array " + name_ + ": group " + name + " has no target " + target);
      change(now.targets.at(0));
    });
  }

  array::ArrayVolume told(array::ArrayVolume volume) const {
    if (!tells_groups_) return volume;
    for (const auto& [name, group] : groups_)
      if (group.find_member(volume.name) != nullptr) volume.group = name;
    volume.in_no_group = !volume.group;
    return volume;
  }
  static bool holds(const array::VolumeSet& set, const std::string& volume) {
    return std::find(set.members.begin(), set.members.end(), volume) != set.members.end();
  }

  void add(const std::string& name, const std::string& comment, std::uint64_t size_mib, const std::string& cpg) {
    array::ArrayVolume volume;
    volume.name = name;
    std::string number = std::to_string(++last_wwn_);
    volume.wwn = "60002AC" + std::string(25 - number.size(), '0') + number;
    volume.size_mib = size_mib;
    volume.comment = comment;
    volume.cpg = cpg;
    volumes_[name] = volume;
    exports_.erase(name);
  }
  array::Export put_export(const std::string& volume, const std::string& host, array::ExportKind kind) {
    array::Export made;
    made.volume = volume;
    made.wwn = volumes_.at(volume).wwn;
    made.lun = ++last_lun_;
    made.kind = kind;
    made.array_host = host;
    exports_[volume].push_back(made);
    return made;
  }
  void set_active_locked(const std::string& host, bool active) {
    if (active) {
      active_hosts_.insert(host);
    } else {
      active_hosts_.erase(host);
    }
  }

  Steps& steps_;
  const std::string name_;
  mutable std::mutex mutex_;
  std::map<std::string, array::ArrayVolume> volumes_;
  std::map<std::string, std::vector<std::string>> children_;
  std::map<std::pair<std::string, std::string>, std::string> marks_;
  std::map<std::string, array::ArrayHost> hosts_;
  std::map<std::string, std::vector<array::Export>> exports_;
  std::set<std::string> active_hosts_;
  std::map<std::string, array::VolumeSet> sets_;
  std::map<std::string, array::RemoteCopyGroup> groups_;
  FakeArray* peer_ = nullptr;
  bool tells_groups_ = true;
  std::optional<WallTime> time_ = WallTime(std::chrono::seconds(1'700'000'000));
  std::set<std::string> disabled_rules_;
  bool flash_cache_ = true;
  std::map<std::string, Fault> faults_;
  std::map<std::string, int> requests_;
  std::function<void(const std::string&)> hook_;
  std::function<void()> listing_hook_;
  std::string local_address_ = "10.0.0.7";
  std::string serial_;
  std::string refusal_;
  int build_ = 0;
  bool refuses_online_ = false;
  int ignored_starts_ = 0;
  bool silent_ = false;
  bool connected_ = false;
  int last_wwn_ = (name_.front() - 'A') * 1000;  // no two arrays give one WWN
  int last_lun_ = 0;
};

}  // namespace hpe3par::test
