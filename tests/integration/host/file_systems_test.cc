#include <fcntl.h>

#include "fixture.h"

namespace hpe3par::host {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const std::string kUuid = "11111111-2222-4333-8444-555555555555";
const std::string kOtherUuid = "99999999-2222-4333-8444-555555555555";

class FakeRunner final : public CommandRunner {
 public:
  CommandResult run(const Command&, const Deadline&) override { return result; }
  CommandResult result;
};

class FileSystemsTest : public HostTest, public ::testing::WithParamInterface<const char*> {
 protected:
  Device formatted(int number) {
    const auto device = attach_new(number, 512);
    file_systems_->format(device, {GetParam(), kUuid, "label"}, soon(Millis(60000)));
    return device;
  }
};

TEST_P(FileSystemsTest, FormatMakesWhatWasAsked) {
  EXPECT_EQ(file_systems_->probe(formatted(1)), (Content{Content::Kind::file_system, GetParam(), kUuid}));
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
              AllOf(HasSubstr("not blank"), HasSubstr(kUuid)));
  EXPECT_EQ(file_systems_->probe(device).uuid, kUuid);
}

TEST_P(FileSystemsTest, AnUnusedFileSystemCanBeWipedAndMadeAgain) {
  const auto device = formatted(1);
  file_systems_->wipe_unused(device, kUuid);
  EXPECT_EQ(file_systems_->probe(device).kind, Content::Kind::blank);
  file_systems_->format(device, {GetParam(), kOtherUuid, "again"}, soon(Millis(60000)));
  EXPECT_EQ(file_systems_->probe(device).uuid, kOtherUuid);
}

TEST_P(FileSystemsTest, WipeRefusesAnotherUuid) {
  const auto device = formatted(1);
  EXPECT_THAT(error_of(ErrorKind::failed_precondition, [&] { file_systems_->wipe_unused(device, kOtherUuid); }),
              AllOf(HasSubstr(kUuid), HasSubstr(kOtherUuid)));
  EXPECT_EQ(file_systems_->probe(device).uuid, kUuid);
}

TEST_P(FileSystemsTest, WipeRefusesAClaimedDevice) {
  const auto device = formatted(1);
  const UniqueFd claim(::open(device.path.c_str(), O_RDONLY | O_EXCL | O_CLOEXEC));
  EXPECT_THAT(error_of(ErrorKind::failed_precondition, [&] { file_systems_->wipe_unused(device, kUuid); }),
              HasSubstr("in use"));
  EXPECT_EQ(file_systems_->probe(device).uuid, kUuid);
}

INSTANTIATE_TEST_SUITE_P(Types, FileSystemsTest, ::testing::Values("ext4", "xfs"),
                         [](const auto& type) { return std::string(type.param); });

using FormatTest = HostTest;

TEST_F(FormatTest, RefusesUnknownData) {
  const auto device = attach_new(1, 64);
  write_at(device.path, 100'000, "something");
  EXPECT_THAT(error_of(ErrorKind::failed_precondition,
                       [&] {
                         file_systems_->format(device, {"ext4", kUuid, ""}, soon());
                       }),
              HasSubstr("unknown data"));
}

TEST_F(FormatTest, RefusesAClaimedDevice) {
  const auto device = attach_new(1, 64);
  const UniqueFd claim(::open(device.path.c_str(), O_RDONLY | O_EXCL | O_CLOEXEC));
  error_of(ErrorKind::failed_precondition, [&] { file_systems_->format(device, {"ext4", kUuid, ""}, soon()); });
  EXPECT_EQ(file_systems_->probe(device).kind, Content::Kind::blank);
}

TEST_F(FormatTest, SaysWhatMkfsSaid) {
  const auto device = attach_new(1, 1);  // far too small for xfs
  EXPECT_THAT(error_of(ErrorKind::unavailable,
                       [&] {
                         file_systems_->format(device, {"xfs", kUuid, ""}, soon());
                       }),
              AllOf(HasSubstr("mkfs.xfs"), HasSubstr(device.path)));
}

TEST_F(FormatTest, WipeRefusesABlankDevice) {
  const auto device = attach_new(1);
  EXPECT_THAT(error_of(ErrorKind::failed_precondition, [&] { file_systems_->wipe_unused(device, kUuid); }),
              HasSubstr("nothing"));
}

TEST_F(FormatTest, SaysThatMkfsWasStopped) {
  FakeRunner runner;
  runner.result.outcome = CommandResult::Outcome::timed_out;
  const auto device = attach_new(1);
  EXPECT_THAT(error_of(ErrorKind::deadline_exceeded,
                       [&] {
                         make_file_systems(runner)->format(device, {"ext4", kUuid, ""}, soon());
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
                         make_file_systems(runner)->format(device, {"ext4", kUuid, ""}, soon());
                       }),
              HasSubstr("holds nothing after it was formatted"));
}

}  // namespace
}  // namespace hpe3par::host
