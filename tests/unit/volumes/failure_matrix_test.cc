#include "service_fixture.h"

namespace hpe3par::volumes {
namespace {

/// Spoils each step of an operation in each way, and looks at what is left.
struct FailureMatrix : ServiceTest {
  /// Names of the steps of `operation`, after `prepare`.
  std::vector<std::string> steps_of(const std::function<void()>& prepare, const std::function<void()>& operation) {
    start();
    prepare();
    steps.arm();
    operation();
    steps.disarm();
    std::vector<std::string> names = steps.names();
    reset();
    return names;
  }
  /// As new: no volume, nothing on the host.
  void reset() {
    stop();
    steps.revive();
    machine.reboot();
    journal.reboot();
    for (const auto& row : journal.mounts()) journal.erase_mount(row.uuid);
    journal.replace_volumes("A:8080", {});
    array->drop_volume("dcv-v1");
    array->reset_requests();
    disks.clear();
  }
  void check(const std::string& context) {
    SCOPED_TRACE(context);
    expect_nothing_left();
    mount("later");
    EXPECT_TRUE(mounted());
    EXPECT_EQ(machine.formats(), 1 + formats_before) << "formatted twice";
    EXPECT_EQ(machine.ownership(wwn()).uid, 5U);
    unmount("later");
    expect_nothing_left();
    EXPECT_FALSE(machine.detached_without_export());
    remove();
    EXPECT_FALSE(array->volume("dcv-v1"));
  }
  void run(
      const std::function<void()>& prepare, const std::function<void()>& operation,
      const std::function<void()>& afterwards = [] {}) {
    const std::vector<std::string> names = steps_of(prepare, operation);
    ASSERT_GT(names.size(), 3U);
    for (int at = 0; at < static_cast<int>(names.size()); ++at)
      for (const auto spoil :
           {Steps::Spoil::error_before, Steps::Spoil::error_after, Steps::Spoil::die_before, Steps::Spoil::die_after}) {
        // A failed write leaves the old row in place, says the journal.
        if (spoil == Steps::Spoil::error_after && names[static_cast<std::size_t>(at)].starts_with("journal:")) continue;
        formats_before = machine.formats();
        start();
        prepare();
        steps.arm(at, spoil);
        try {
          operation();
        } catch (const std::exception&) {
        }
        steps.disarm();
        if (spoil == Steps::Spoil::die_before || spoil == Steps::Spoil::die_after) {
          stop();
          steps.revive();
          start();
        }
        afterwards();
        check("step " + std::to_string(at) + " " + names[static_cast<std::size_t>(at)] + ", spoilt in way " +
              std::to_string(static_cast<int>(spoil)));
        reset();
        if (HasFailure()) return;
      }
  }
  int formats_before = 0;
  const RawOptions options{{"fsOwner", "5:6"}};
};

TEST_F(FailureMatrix, AFirstMountThatFailsOrDiesAtAnyStepLeavesNothing) {
  run([this] { create("v1", options); },
      [this] {
        const MountTicket ticket = service->mount("v1", "a", soon());
        ticket.settle(false);
      });
}

TEST_F(FailureMatrix, ALaterMountThatFailsOrDiesAtAnyStepLeavesNothing) {
  run(
      [this] {
        create("v1", options);
        mount("first");
        unmount("first");
      },
      [this] {
        const MountTicket ticket = service->mount("v1", "a", soon());
        ticket.settle(false);
      });
}

TEST_F(FailureMatrix, AnUnmountThatFailsOrDiesAtAnyStepIsFinished) {
  run(
      [this] {
        create("v1", options);
        mount("a");
      },
      [this] { unmount("a"); }, [this] { unmount("a"); });
}

}  // namespace
}  // namespace hpe3par::volumes
