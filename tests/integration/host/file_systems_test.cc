#include <fcntl.h>

#include "fixture.h"

namespace hpe3par::host {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const std::string kOtherUuid = "99999999-2222-4333-8444-555555555555";

class FakeRunner final : public CommandRunner {
 public:
  CommandResult run(const Command&, const Deadline&) override { return result; }
  CommandResult result;
};

class FileSystemsTest : public HostTest, public ::testing::WithParamInterface<const char*> {
 protected:
  Device formatted(int number) {
    auto device = attach_new(number, 512);
    file_systems_->format(device, {GetParam(), uuid_, "label"}, soon(Millis(60000)));
    return device;
  }
};

TEST_P(FileSystemsTest, FormatMakesWhatWasAsked) {
  EXPECT_EQ(file_systems_->probe(formatted(1)), (Content{Content::Kind::file_system, GetParam(), uuid_}));
}

TEST_P(FileSystemsTest, FormatAcceptsAnUpperCaseUuid) {
  const auto device = attach_new(1, 512);
  file_systems_->format(device, {GetParam(), "AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE", ""}, soon(Millis(60000)));
  EXPECT_EQ(file_systems_->probe(device).uuid, "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee");
}

TEST_P(FileSystemsTest, FormatDoesNotOverwrite) {
  const auto device = formatted(1);
  EXPECT_THAT(error_of(ErrorKind::failed_precondition,
                       [&] {
                         file_systems_->format(device, {GetParam(), kOtherUuid, ""}, soon());
                       }),
              AllOf(HasSubstr("not blank"), HasSubstr(uuid_)));
  EXPECT_EQ(file_systems_->probe(device).uuid, uuid_);
}

TEST_P(FileSystemsTest, WipeRefusesAFinishedFileSystem) {
  const auto device = formatted(1);
  EXPECT_THAT(error_of(ErrorKind::failed_precondition, [&] { file_systems_->wipe_unfinished(device, uuid_); }),
              HasSubstr("not the unfinished file system"));
  EXPECT_EQ(file_systems_->probe(device).uuid, uuid_);
}

TEST_P(FileSystemsTest, WipeRefusesAClaimedDevice) {
  const auto device = formatted(1);
  const UniqueFd claim(::open(device.path.c_str(), O_RDONLY | O_EXCL | O_CLOEXEC));
  EXPECT_THAT(error_of(ErrorKind::failed_precondition, [&] { file_systems_->wipe_unfinished(device, uuid_); }),
              HasSubstr("in use"));
  EXPECT_EQ(file_systems_->probe(device).uuid, uuid_);
}

/// Kills mkfs after a while, as a deadline does, or lets it end.
class KillingRunner final : public CommandRunner {
 public:
  explicit KillingRunner(Clock& clock) : clock_(clock) {}
  CommandResult run(const Command& command, const Deadline&) override {
    return SystemCommandRunner().run(command, Deadline::after(clock_, after));
  }
  Millis after{0};

 private:
  Clock& clock_;
};

TEST_P(FileSystemsTest, AKilledFormatCanAlwaysBeRepeated) {
  const auto device = attach_new(1, 20'480);
  KillingRunner runner(clock_);
  const auto file_systems = make_file_systems(runner);
  for (int ms = 0; ms < 60; ms += 6) {
    runner.after = Millis(ms);
    try {
      file_systems->format(device, {GetParam(), uuid_, ""}, soon(Millis(60000)));
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::deadline_exceeded) << error.what();
    }
    const auto content = file_systems->probe(device);
    EXPECT_EQ(content.uuid, uuid_) << ms << " ms: " << content.type;
    if (content.kind == Content::Kind::file_system) return;  // mkfs was faster than that
    file_systems->wipe_unfinished(device, uuid_);
    ASSERT_EQ(file_systems->probe(device).kind, Content::Kind::blank) << ms << " ms";
  }
}

TEST_P(FileSystemsTest, NothingOfTheMarkStaysOnAFinishedFileSystem) {
  const auto device = formatted(1);
  const auto tail = read_at(device.path, 511 * 1024 * 1024, 1024 * 1024);
  EXPECT_EQ(tail.find("hpe3pard"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Types, FileSystemsTest, ::testing::Values("ext4", "xfs"),
                         [](const auto& type) { return std::string(type.param); });

using FormatTest = HostTest;

TEST_F(FormatTest, RefusesUnknownData) {
  const auto device = attach_new(1, 64);
  write_at(device.path, 100'000, "something");
  EXPECT_THAT(error_of(ErrorKind::failed_precondition,
                       [&] {
                         file_systems_->format(device, {"ext4", uuid_, ""}, soon());
                       }),
              HasSubstr("unknown data"));
}

TEST_F(FormatTest, RefusesAClaimedDevice) {
  const auto device = attach_new(1, 64);
  const UniqueFd claim(::open(device.path.c_str(), O_RDONLY | O_EXCL | O_CLOEXEC));
  error_of(ErrorKind::failed_precondition, [&] { file_systems_->format(device, {"ext4", uuid_, ""}, soon()); });
  EXPECT_EQ(file_systems_->probe(device).kind, Content::Kind::blank);
}

TEST_F(FormatTest, SaysWhatMkfsSaid) {
  const auto device = attach_new(1, 1);  // far too small for xfs
  EXPECT_THAT(error_of(ErrorKind::unavailable,
                       [&] {
                         file_systems_->format(device, {"xfs", uuid_, ""}, soon());
                       }),
              AllOf(HasSubstr("mkfs.xfs"), HasSubstr(device.path)));
}

TEST_F(FormatTest, WipeRefusesTheUnfinishedFileSystemOfAnotherUuid) {
  FakeRunner runner;
  const auto device = attach_new(1);
  error_of(ErrorKind::unavailable, [&] { make_file_systems(runner)->format(device, {"ext4", uuid_, ""}, soon()); });
  EXPECT_EQ(file_systems_->probe(device), (Content{Content::Kind::half_made, "", uuid_}));
  error_of(ErrorKind::failed_precondition, [&] { file_systems_->wipe_unfinished(device, kOtherUuid); });
  file_systems_->wipe_unfinished(device, uuid_);
}

TEST_F(FormatTest, WipeRefusesABlankDevice) {
  const auto device = attach_new(1);
  EXPECT_THAT(error_of(ErrorKind::failed_precondition, [&] { file_systems_->wipe_unfinished(device, uuid_); }),
              HasSubstr("nothing"));
}

TEST_F(FormatTest, SaysThatMkfsWasStopped) {
  FakeRunner runner;
  runner.result.outcome = CommandResult::Outcome::timed_out;
  const auto device = attach_new(1);
  EXPECT_THAT(error_of(ErrorKind::deadline_exceeded,
                       [&] {
                         make_file_systems(runner)->format(device, {"ext4", uuid_, ""}, soon());
                       }),
              HasSubstr("formatting " + device.path));
}

TEST_F(FormatTest, DoesNotBelieveMkfs) {
  FakeRunner runner;
  runner.result.outcome = CommandResult::Outcome::exited;
  runner.result.exit_code = 0;
  const auto device = attach_new(1);
  EXPECT_THAT(error_of(ErrorKind::internal,
                       [&] {
                         make_file_systems(runner)->format(device, {"ext4", uuid_, ""}, soon());
                       }),
              HasSubstr("holds the unfinished file system " + uuid_));
}

}  // namespace
}  // namespace hpe3par::host
