#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "hpe3par/array/array.h"
#include "hpe3par/array/wsapi_array.h"
#include "hpe3par/base/keyed_mutex.h"
#include "hpe3par/wsapi/client.h"
#include "hpe3par/wsapi/system.h"
#include "hpe3par/wsapi/volume_sets.h"
#include "hpe3par/wsapi/volumes.h"
#include "identity_memory.h"

namespace hpe3par::array {

/// The Array behind a wsapi::Client. What it adds to the client: the differences between versions, and what to do when
/// the outcome of a request is unknown: look, compare, and only then repeat, once.
///
/// The methods stand in volume_store.cc, mark_store.cc, export_store.cc, set_store.cc, group_store.cc and
/// wsapi_array.cc.
class WsapiArray final : public Array {
 public:
  WsapiArray(ConnectionConfig config, Clock& clock, std::unique_ptr<wsapi::Transport> transport);

  const std::string& name() const override { return client_.array(); }
  ArrayStatus status() const override;
  void connect(const Deadline& deadline) override;
  std::string local_address() const override { return client_.local_address(); }
  std::optional<WallTime> array_time() const override { return client_.array_time(); }
  void close_idle_sessions(bool all, const Deadline& deadline) override;
  void refuse(const std::string& reason) override;
  void expect_serial(const std::string& serial_number) override;

  void create_volume(const NewVolume& volume, const Deadline& deadline) override;
  std::optional<ArrayVolume> find_volume(const std::string& name, const Deadline& deadline) override;
  std::vector<std::string> list_children(const std::string& name, const Deadline& deadline) override;
  void list_volumes(const std::vector<std::string>& prefixes, const std::function<void(const ArrayVolume&)>& visit,
                    const Deadline& deadline) override;
  void write_comment(const std::string& name, const std::string& comment, const Deadline& deadline) override;
  void remove_volume(const std::string& name, InUse in_use, const Deadline& deadline) override;

  std::optional<VolumeSet> find_set(const std::string& name, const Deadline& deadline) override;
  std::vector<VolumeSet> list_sets_of(const std::string& volume, const Deadline& deadline) override;
  QosRule find_qos_rule(const std::string& set, const Deadline& deadline) override;
  bool has_flash_cache(const Deadline& deadline) override;
  void create_flash_cache_set(const std::string& name, const std::string& volume, const std::string& cpg,
                              const Deadline& deadline) override;
  void add_to_set(const std::string& name, const std::string& volume, const Deadline& deadline) override;
  void remove_from_set(const std::string& name, const std::string& volume, const Deadline& deadline) override;
  bool create_empty_set(const std::string& name, const std::string& comment, const Deadline& deadline) override;
  bool rename_set(const std::string& name, const std::string& new_name, const Deadline& deadline) override;
  void remove_set(const std::string& name, const Deadline& deadline) override;

  bool create_mark(const std::string& volume, const std::string& key, const std::string& value,
                   const Deadline& deadline) override;
  std::optional<std::string> find_mark(const std::string& volume, const std::string& key,
                                       const Deadline& deadline) override;
  void update_mark(const std::string& volume, const std::string& key, const std::string& value,
                   const Deadline& deadline) override;

  std::optional<RemoteCopyGroup> find_group(const std::string& name, const Deadline& deadline) override;
  std::vector<RemoteCopyGroup> list_groups(const Deadline& deadline) override;
  void create_group(const NewGroup& group, const Deadline& deadline) override;
  void set_peer_persistence(const std::string& group, const std::string& target, const Deadline& deadline) override;
  void set_sync_period(const std::string& group, const std::string& target, std::chrono::seconds period,
                       const Deadline& deadline) override;
  void admit_volume(const std::string& group, const Admission& admission, const Deadline& deadline) override;
  void dismiss_volume(const std::string& group, const std::string& volume, const Deadline& deadline) override;
  void withdraw_volume(const std::string& group, const std::string& volume, const Deadline& deadline) override;
  void start_group(const std::string& name, const Deadline& deadline) override;
  void stop_group(const std::string& name, const Deadline& deadline) override;
  void remove_group(const std::string& name, const Deadline& deadline) override;

  std::string ensure_host(const HostIdentity& identity, const Deadline& deadline) override;
  std::optional<ArrayHost> find_host(const std::string& name, const Deadline& deadline) override;
  Export export_volume(const std::string& volume, const std::string& array_host, const Deadline& deadline) override;
  std::vector<Export> list_exports(const std::string& volume, const Deadline& deadline) override;
  std::vector<Export> list_exports_to(const std::string& array_host, const Deadline& deadline) override;
  void unexport_volume(const Export& target, const Deadline& deadline) override;

 private:
  /// The WSAPI build, asked for if not known yet. @throws Error unimplemented: too old
  int build(const Deadline& deadline);
  Abilities known_abilities() const;
  void check_order(const NewVolume& order, const Deadline& deadline);
  bool has_other_build(int build, const Deadline& deadline);
  void post_volume(const NewVolume& volume, int build, const Deadline& deadline);
  int known_build() const;
  void learn_build(const Deadline& deadline);
  void learn_system(const Deadline& deadline);
  void change_membership(wsapi::SetAction action, const std::string& set, const std::string& volume,
                         const Deadline& deadline);
  void create_set(const wsapi::VolumeSetBody& body, const Deadline& deadline);
  void switch_on_flash_cache(const std::string& set, const Deadline& deadline);
  std::string domain_of(const std::string& cpg, const Deadline& deadline);
  bool may_be_used() const;
  /// Waits a moment for an array that was just reached to be identified. @throws Error: it must not be used, or not yet
  void check_usable(const Deadline& deadline) const;
  void refuse_old_build() const;
  Error about(const Error& error) const { return error.within("array " + name()); }

  void take_out(const std::string& group, const std::string& volume, bool with_copy, const Deadline& deadline);

  struct GroupChange {
    std::string group;
    std::string attempted;  ///< "remote copy group g was started"
    std::function<wsapi::Sent()> send;
    /// Whether a refusal may only say that it is so already.
    std::function<bool(const wsapi::Sent&)> worth_a_look = [](const wsapi::Sent&) { return false; };
    std::function<bool(const std::optional<RemoteCopyGroup>&)> is_done;
  };
  /// Sends, and looks whether it is done if the answer does not tell; then once more.
  void change_group(const GroupChange& change, const Deadline& deadline);

  /// Runs `look`; if that fails, the error tells that the outcome of what was `attempted` stays unknown.
  template <typename Look>
  auto look_after(const Error& lost, const std::string& attempted, const Look& look) -> decltype(look());
  Error still_unknown(const Error& lost, const std::string& attempted) const;

  enum class Removal { done, again, unclear };
  Removal look_after_removal(const std::string& name, const Error& lost, SteadyTime begun, const Deadline& deadline);
  void visit_volumes(const std::string& query, const std::vector<std::string>& prefixes,
                     const std::function<void(const ArrayVolume&)>& visit, const Deadline& deadline);

  const bool must_be_identified_;
  wsapi::Client client_;
  IdentityMemory identities_;
  KeyedMutex learning_;  // one asks for the version, the others wait for it
  mutable std::mutex mutex_;
  int build_ = 0;
  wsapi::System system_;
  std::map<std::string, std::string> domain_by_cpg_;
  bool identified_;
  std::string refused_because_;
  bool filters_names_ = true;  // until the array refuses such a query
};

template <typename Look>
auto WsapiArray::look_after(const Error& lost, const std::string& attempted, const Look& look) -> decltype(look()) {
  try {
    return look();
  } catch (const Error&) {
    throw still_unknown(lost, attempted);
  }
}

}  // namespace hpe3par::array
