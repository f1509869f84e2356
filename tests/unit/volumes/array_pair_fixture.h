#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "array_pair.h"
#include "hpe3par/base/error.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_journal.h"
#include "tests/fakes/refusal_test.h"

namespace hpe3par::volumes {

/// Backend DEFAULT with its two arrays, and a catalog of them that lists nothing by itself. Time stands still.
class ArrayPairTest : public test::RefusalTest {
 protected:
  ArrayPairTest() {
    connect_pair(*own, *peer);
    config::BackendConfig backend;
    backend.name = "DEFAULT";
    backend.array = kOwnKey;
    backend.cpgs = backend.snap_cpgs = {"cpg1"};
    backend.replication = replication_to_b();
    config.backends.push_back(backend);
    std::vector<std::unique_ptr<catalog::ArrayCatalog>> each;
    for (catalog::ArrayConfig& array : pair_of_arrays(own, peer))
      each.push_back(std::make_unique<catalog::ArrayCatalog>(std::move(array), "", journal, clock));
    catalog = std::make_unique<catalog::Catalog>(std::move(each), "", clock);
  }
  Deadline in(Millis budget = Millis(60'000)) { return Deadline::after(clock, budget); }
  void reach_both() {
    own->connect(in());
    peer->connect(in());
  }

  /// A volume with a record that names group g, on the own array alone.
  catalog::Volume add_volume(const std::string& name = "v1") {
    reach_both();
    catalog::VolumeRecord record{name, "uuid-" + name, "", {}, false, "g", {"SA", "SB"}};
    own->add_volume("dcv-" + name, catalog::encode_record(record));
    return *catalog->array(kOwnKey).fetch("dcv-" + name, in());
  }
  /// Same, in its group, which is started, and with its copy.
  catalog::Volume add_replicated(const std::string& name = "v1") {
    catalog::Volume volume = add_volume(name);
    if (own->group("g")) {
      own->stop_group("g", in());
    } else {
      own->create_group({"g", "cpg1", "", "B", array::CopyMode::synchronous, "cpg2", ""}, in());
    }
    own->admit_volume("g", {volume.array_volume, "B", volume.array_volume, true}, in());
    own->start_group("g", in());
    peer->write_comment(volume.array_volume, volume.comment, in());
    own->reset_requests();
    peer->reset_requests();
    return volume;
  }
  /// What the two arrays say of group g from now on, see make_say().
  void make_pair_say(const std::string& of_own, const std::string& of_peer) {
    make_say(*own, "g", of_own);
    make_say(*peer, "g.r1", of_peer);
  }

  test::FakeClock clock;
  test::Steps steps;
  test::FakeJournal journal{steps};
  std::shared_ptr<test::FakeArray> own = std::make_shared<test::FakeArray>(steps, "A");
  std::shared_ptr<test::FakeArray> peer = std::make_shared<test::FakeArray>(steps, "B");
  config::Config config;
  std::unique_ptr<catalog::Catalog> catalog;
};

}  // namespace hpe3par::volumes
