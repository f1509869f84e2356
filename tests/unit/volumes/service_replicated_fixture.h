#pragma once

#include <gmock/gmock.h>

#include "array_pair.h"
#include "hpe3par/replication/group_lock.h"
#include "mounter.h"
#include "plan.h"
#include "service_fixture.h"

namespace hpe3par::volumes {

using journal::MountRecord;
using journal::MountState;
using When = FakeArray::When;

inline const RawOptions kInGroup = {{"replicationGroup", "g"}};
inline const char* const kVolume = "dcv-v1";

/// One machine, and a backend whose array copies to another one.
class ServiceReplicatedTest : public ServiceTest {
 protected:
  ServiceReplicatedTest() {
    connect_pair(*array, *peer);
    machine.add_array(*peer);
    config.backends.front().replication = replication_to_b();
  }
  ~ServiceReplicatedTest() override { stop(); }

  std::vector<catalog::ArrayConfig> arrays() override { return pair_of_arrays(array, peer); }
  void start() {
    make();
    service->start();
    for (const FakeArray* each : {array.get(), peer.get()})
      ASSERT_TRUE(wait_until([&] { return each->requests("list_volumes") > 0 || !each->status().reason.empty(); }));
    service->list(soon());
  }
  void restart() {
    stop();
    steps.revive();
    array->reset_requests();
    peer->reset_requests();
    start();
  }

  void create_replicated() { create("v1", kInGroup); }
  /// What the two arrays say of the group from now on, see make_say().
  void make_pair_say(const std::string& of_own, const std::string& of_peer) {
    make_say(*array, "g", of_own);
    make_say(*peer, "g.r1", of_peer);
  }
  /// The data of the volume get to the copy, as remote copy does it.
  void replicate() { machine.set_content(peer_wwn(), machine.content(wwn())); }
  /// Formatted, replicated, and not mounted.
  void make_used_volume() {
    create_replicated();
    mount("first");
    unmount("first");
    replicate();
  }
  /// The backend's own array is away, and somebody failed the group over.
  void fail_over() {
    array->set_silent(true);
    make_say(*peer, "g.r1", "1t5");
  }
  /// Mounted from the backend's own array; that is away, and with it the export, when the last user goes.
  void unmount_without_array() {
    make_used_volume();
    mount("a");
    array->set_silent(true);
    unmount("a");
    EXPECT_EQ(array->holders(kVolume), std::vector<std::string>{kHere});
  }

  std::string peer_wwn() { return peer->volume(kVolume)->wwn; }
  std::string uuid() { return catalog::decode_record(array->volume(kVolume)->comment)->uuid; }
  std::optional<MountRecord> row(const std::string& key) {
    for (MountRecord& each : journal.mounts())
      if (each.uuid == key) return std::move(each);
    return std::nullopt;
  }
  std::string mounted_from() {
    const auto now = row(uuid());
    return now ? now->array : "";
  }
  void expect_nothing_of_it() {
    EXPECT_FALSE(array->volume(kVolume));
    EXPECT_FALSE(peer->volume(kVolume));
    EXPECT_FALSE(array->group("g"));
    EXPECT_FALSE(peer->group("g.r1"));
    EXPECT_FALSE(is_locked());
  }
  bool settled() {
    return wait_until([&] { return journal.unfinished().empty() && !is_locked(); });
  }
  bool is_locked() { return array->set(replication::note_set_name("g")).has_value(); }
  bool is_listed() {
    const auto list = service->list(soon()).volumes;
    return std::any_of(list.begin(), list.end(), [](const VolumeInfo& info) { return info.name == "v1"; });
  }
  /// The volume's own array falls silent when it is asked for this.
  void dies_at(const std::string& when) {
    array->set_hook([this, when](const std::string& method) {
      if (method == when) array->set_silent(true);
    });
  }
  Error lost() { return Error(ErrorKind::unavailable, "array B: the answer was lost"); }
  Error refusal() { return Error(ErrorKind::failed_precondition, "array B: no"); }

  std::shared_ptr<FakeArray> peer = std::make_shared<FakeArray>(steps, "B");
};

}  // namespace hpe3par::volumes
