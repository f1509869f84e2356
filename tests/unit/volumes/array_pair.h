#pragma once

#include <memory>
#include <string>

#include "hpe3par/catalog/catalog.h"
#include "hpe3par/config/config.h"
#include "tests/fakes/fake_array.h"
#include "tests/unit/replication/sides.h"

namespace hpe3par::volumes {

inline const char* const kOwnKey = "A:8080";
inline const char* const kPeerKey = "B:8080";

/// What backend DEFAULT on array A has as its replication_device: array B.
inline config::ReplicationConfig replication_to_b() {
  config::ReplicationConfig peer;
  peer.array = kPeerKey;
  peer.backend_id = "B";
  peer.loop_dir = "/loop-b";
  peer.cpg_map = {{"cpg1", "cpg2"}};
  return peer;
}

inline std::vector<catalog::ArrayConfig> pair_of_arrays(std::shared_ptr<test::FakeArray> own,
                                                        std::shared_ptr<test::FakeArray> peer) {
  return {{kOwnKey, {"DEFAULT"}, std::move(own), {}, {{"DEFAULT", "B"}}},
          {kPeerKey, {}, std::move(peer), {{"DEFAULT", kOwnKey}}}};
}

/// Two arrays that copy to each other, and have different serial numbers.
inline void connect_pair(test::FakeArray& own, test::FakeArray& peer) {
  own.set_peer(peer);
  own.set_serial("SA");
  peer.set_serial("SB");
}

/// Makes the array say of its group what the shorthand says, see side_of().
inline void make_say(test::FakeArray& array, const std::string& group, const std::string& text) {
  const replication::Side side = replication::side_of(text, array.name());
  array.edit_group(group, [&](array::RemoteCopyGroup& now) {
    now.role = side.role;
    now.targets.at(0).reversed = side.reversed;
    now.targets.at(0).state = side.state;
  });
}

}  // namespace hpe3par::volumes
