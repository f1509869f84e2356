#pragma once

#include <gtest/gtest.h>

#include "hpe3par/base/error.h"
#include "hpe3par/volumes/volume_service.h"
#include "tests/fakes/fake_array.h"
#include "tests/fakes/fake_host.h"
#include "tests/fakes/fake_journal.h"
#include "tests/fakes/refusal_test.h"
#include "tests/fakes/wait_until.h"

namespace hpe3par::volumes {
using host::Content;
using test::FakeArray;
using test::Steps;
using test::wait_until;

inline const char* const kHere = "here";
inline const char* const kInitiator = "iqn.2026-01.test:here";
inline const char* const kPlace = "/mnt/v1";
inline const char* const kLegacyVolume = "dcv-0DM4qZEVSKON-DXN-NwVpw";

/// One machine with one array. start() and restart() run a daemon's worth of service on it.
class ServiceTest : public test::RefusalTest {
 protected:
  ServiceTest() {
    config::BackendConfig backend;
    backend.name = "DEFAULT";
    backend.transport = config::Transport::loop;
    backend.array = "A:8080";
    backend.cpgs = {"cpg1", "cpg2"};
    backend.snap_cpgs = {"cpg1"};
    backend.loop_dir = "/loop";
    config.backends.push_back(backend);
  }
  ~ServiceTest() override { stop(); }

  void make() {
    Parts parts{config, journal, machine, machine, clock, "/mnt", {kHere, {kInitiator}}, Millis(5)};
    parts.engine_is_gone = [this](const std::string& engine) { return engine == gone_engine; };
    service = make_volume_service(parts, arrays());
  }
  virtual std::vector<catalog::ArrayConfig> arrays() { return {{"A:8080", {"DEFAULT"}, array}}; }
  void start() {
    make();
    service->start();
    if (!array->status().reason.empty()) return;
    ASSERT_TRUE(wait_until([&] { return array->requests("list_volumes") > 0; }));
    service->list(soon());
  }
  void stop() {
    if (service) service->stop(soon());
    service.reset();
  }
  void restart() {
    stop();
    array->reset_requests();
    start();
  }
  Deadline soon() { return Deadline::after(clock, Millis(20'000)); }

  /// A volume v1 that HPE's plugin made.
  void add_legacy() {
    array->add_volume(kLegacyVolume, R"({"volume_id":"d03338a9-9115-48a3-8dfc-35cdfcdc15a7","name":"x",)"
                                     R"("type":"Docker","display_name":"v1"})");
  }
  void create(const std::string& name = "v1", const RawOptions& options = {}) {
    service->create(name, options, soon());
  }
  void mount(const std::string& id, bool delivered = true, const std::string& name = "v1") {
    const MountTicket ticket = service->mount(name, id, soon());
    EXPECT_EQ(ticket.mountpoint, "/mnt/" + name);
    ticket.settle(delivered);
  }
  void unmount(const std::string& id) { service->unmount("v1", id, soon()); }
  void remove() { service->remove("v1", soon()); }

  bool said(const std::string& words) { return sentence.find(words) != std::string::npos; }

  std::string wwn() { return array->volume("dcv-v1")->wwn; }
  bool mounted() { return machine.mounted_at(kPlace).has_value(); }
  bool nothing_left() {
    return journal.mounts().empty() && machine.devices() == 0 && machine.mounts() == 0 &&
           array->holders("dcv-v1").empty();
  }
  void expect_nothing_left() {
    EXPECT_TRUE(wait_until([&] { return nothing_left(); }))
        << journal.mounts().size() << " rows, " << machine.devices() << " devices, " << machine.mounts() << " mounts, "
        << array->holders("dcv-v1").size() << " exports";
  }

  SystemClock clock;
  Steps steps;
  std::map<std::string, test::FakeDisk> disks;
  std::shared_ptr<FakeArray> array = std::make_shared<FakeArray>(steps);
  test::FakeJournal journal{steps};
  test::FakeHost machine{steps, *array, disks};
  config::Config config;
  std::unique_ptr<VolumeService> service;
  std::string gone_engine;
};

}  // namespace hpe3par::volumes
