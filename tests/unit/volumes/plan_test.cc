#include "plan.h"

#include <gtest/gtest.h>

namespace hpe3par::volumes {
namespace {

using Action = FormatPlan::Action;
using Conflict = ConflictPlan::Action;
using config::ConflictPolicy;
using host::Content;
using journal::MountState;

const Content kBlank{Content::Kind::blank, "", ""};
const Content kForeign{Content::Kind::foreign, "LVM2_member", ""};
const Content kUnknownData{Content::Kind::foreign, "unknown data", ""};
const Content kHalfMade{Content::Kind::half_made, "", "u1"};
const Content kHalfMadeExt4{Content::Kind::half_made, "ext4", "u1"};
const Content kHalfMadeByOther{Content::Kind::half_made, "", "u2"};
const MarkKnowledge kUnasked{};
const MarkKnowledge kNone{true, std::nullopt};
const MarkKnowledge kFormatting{true, FormatMark{false, "", "u1"}};
const MarkKnowledge kFinished{true, FormatMark{true, "ext4", "u1"}};

Content file_system(const std::string& type) {
  return {Content::Kind::file_system, type, "u1"};
}

TEST(FormatMark, IsReadAsItWasWritten) {
  for (const FormatMark& mark : {FormatMark{false, "", "u1"}, FormatMark{true, "ext4", "u1"}})
    EXPECT_EQ(parse_mark(encode_mark(mark)), mark);
  EXPECT_EQ(encode_mark({false, "", "u1"}), "formatting:u1");
  EXPECT_EQ(encode_mark({true, "xfs", "u1"}), "formatted:xfs:u1");
}

TEST(FormatMark, CountsAsFinishedWhenItCannotBeRead) {
  for (const char* value : {"", "formatting", "Formatting:u1", "formatted:", "formatted:ext4", "whatever"})
    EXPECT_TRUE(parse_mark(value).finished) << value;
}

TEST(FormatPlan, FollowsTheTable) {
  const struct {
    Content content;
    MarkKnowledge mark;
    Action action;
    std::string type;
  } rows[] = {
      {kBlank, kUnasked, Action::create_mark, ""},
      {kBlank, kNone, Action::create_mark, ""},
      {kBlank, kFormatting, Action::format_again, ""},
      {kBlank, kFinished, Action::refuse, ""},
      {kForeign, kUnasked, Action::refuse, ""},
      {kForeign, kNone, Action::refuse, ""},
      {kForeign, kFormatting, Action::refuse, ""},
      {kForeign, kFinished, Action::refuse, ""},
      {kUnknownData, kUnasked, Action::refuse, ""},
      {kUnknownData, kNone, Action::refuse, ""},
      {kUnknownData, kFormatting, Action::refuse, ""},
      {kUnknownData, kFinished, Action::refuse, ""},
      {kHalfMade, kUnasked, Action::read_mark, ""},
      {kHalfMade, kNone, Action::refuse, ""},
      {kHalfMade, kFormatting, Action::format_again, ""},
      {kHalfMade, kFinished, Action::refuse, ""},
      {kHalfMadeByOther, kFormatting, Action::refuse, ""},
      {kHalfMadeExt4, kUnasked, Action::read_mark, ""},
      {kHalfMadeExt4, kNone, Action::refuse, ""},
      {kHalfMadeExt4, kFormatting, Action::format_again, ""},
      {kHalfMadeExt4, kFinished, Action::mount, "ext4"},
      {file_system("ext2"), kUnasked, Action::mount, "ext4"},
      {file_system("ext3"), kFinished, Action::mount, "ext4"},
      {file_system("ext4"), kFormatting, Action::mount, "ext4"},
      {file_system("xfs"), kNone, Action::mount, "xfs"},
      {file_system("ntfs"), kUnasked, Action::refuse, ""},
      {file_system("btrfs"), kFormatting, Action::refuse, ""},
  };
  for (const auto& row : rows) {
    const FormatPlan plan = plan_format(row.content, row.mark);
    EXPECT_EQ(plan.action, row.action) << row.content.type << " " << row.mark.known;
    EXPECT_EQ(plan.type, row.type);
    EXPECT_EQ(plan.reason.empty(), row.action != Action::refuse);
  }
}

TEST(FormatPlan, NeverFormatsAFileSystemWhateverTheMark) {
  for (const char* type : {"ext2", "ext3", "ext4", "xfs", "btrfs", "swap", ""})
    for (const MarkKnowledge& mark : {kUnasked, kNone, kFormatting, kFinished}) {
      const Action action = plan_format(file_system(type), mark).action;
      EXPECT_TRUE(action == Action::mount || action == Action::refuse) << type;
    }
}

TEST(FormatPlan, SaysWhatToDoAboutARefusal) {
  EXPECT_NE(plan_format(kBlank, kFinished).reason.find("it was formatted as ext4 before and is blank now"),
            std::string::npos);
  EXPECT_NE(plan_format(kForeign, kNone).reason.find("it holds LVM2_member and no file system"), std::string::npos);
  EXPECT_NE(plan_format(file_system("ntfs"), kUnasked).reason.find("of type ntfs"), std::string::npos);
}

TEST(RefusedMount, IsExplainedByTheOptionsOfTheVolume) {
  const std::string then = "; if the kernel of this host does not take these options, use a host that does";
  const std::string empty = ", or remove the volume, which is still empty, and create it anew with other options";
  const struct {
    std::string mount_options;
    std::string mkfs_options;
    bool is_new;
    std::string text;
  } rows[] = {
      {"", "", true, ""},
      {"", "", false, ""},
      {"", "-O quota", true, " with mkfsOptions=-O quota: no" + then + empty},
      {"", "-O quota", false, " with mkfsOptions=-O quota: no" + then},
      {"noatime", "", true, " with mountOptions=noatime: no" + then + empty},
      {"noatime", "", false, " with mountOptions=noatime: no" + then + ", or create the volume anew without them"},
      {"noatime", "-O quota", true, " with mountOptions=noatime and mkfsOptions=-O quota: no" + then + empty},
  };
  for (const auto& row : rows)
    EXPECT_EQ(explain_refused_mount(row.mount_options, row.mkfs_options, row.is_new, "no"), row.text);
}

array::Export template_of(const std::string& host, array::ExportKind kind = array::ExportKind::host) {
  array::Export made;
  made.volume = "dcv-v1";
  made.array_host = host;
  made.port = kind == array::ExportKind::port ? "0:1:1" : "";
  made.kind = kind;
  return made;
}

array::Export active_of(const std::string& host) {
  array::Export made = template_of(host);
  made.active = true;
  return made;
}

TEST(Look, IsEmptyWithoutExports) {
  const Look look = fold_look({}, "here");
  EXPECT_FALSE(look.own);
  EXPECT_TRUE(look.others.empty());
  EXPECT_EQ(look.holder, "");
}

TEST(Look, TellsOursFromOthers) {
  const Look look = fold_look({template_of("here"), active_of("here"), template_of("z"), template_of("b")}, "here");
  ASSERT_TRUE(look.own);
  EXPECT_FALSE(look.own->active);
  EXPECT_EQ(look.others.size(), 2U);
  EXPECT_FALSE(look.others_active);
  EXPECT_TRUE(look.fenceable);
  EXPECT_EQ(look.holder, "host b and host z");
  EXPECT_TRUE(fold_look({template_of("b"), active_of("b")}, "here").others_active);
}

TEST(Look, TakesOnlyAHostExportForOurs) {
  for (const auto kind : {array::ExportKind::host_set, array::ExportKind::port, array::ExportKind::matched_set}) {
    const Look look = fold_look({template_of("here", kind)}, "here");
    EXPECT_FALSE(look.own);
    EXPECT_FALSE(look.fenceable);
    EXPECT_EQ(look.others.size(), 1U);
  }
}

TEST(Holders, AreTheTemplatesOrElseThePaths) {
  EXPECT_EQ(holders_of({}), "");
  EXPECT_EQ(holders_of({template_of("z"), active_of("z"), template_of("b")}), "host b and host z");
  EXPECT_EQ(holders_of({active_of("b"), active_of("b")}), "host b") << "exported through a volume set";
  EXPECT_EQ(holders_of({template_of("set:b", array::ExportKind::host_set), active_of("b")}), "host set set:b");
}

TEST(ConflictPlan, FollowsTheTable) {
  const Look free = fold_look({template_of("here")}, "here");
  const Look dead = fold_look({template_of("b")}, "here");
  const Look live = fold_look({template_of("b"), active_of("b")}, "here");
  const Look set = fold_look({template_of("set:b", array::ExportKind::host_set)}, "here");
  Look unseen = dead;
  unseen.unseen = "B";
  const Millis delay{30'000};
  const Millis much{60'000};
  const Millis little{5'000};
  const struct {
    const Look& look;
    Waited waited;
    Millis remaining;
    ConflictPolicy policy;
    Conflict action;
  } rows[] = {
      {free, {}, little, ConflictPolicy::refuse, Conflict::acquire},
      {dead, {}, much, ConflictPolicy::dead, Conflict::wait},
      {dead, {}, little, ConflictPolicy::dead, Conflict::refuse},
      {dead, {Millis(29'999), Millis(29'999)}, much, ConflictPolicy::dead, Conflict::wait},
      {dead, {delay, delay}, much, ConflictPolicy::dead, Conflict::fence},
      {dead, {delay, delay}, little, ConflictPolicy::dead, Conflict::refuse},
      {dead, {delay, Millis(10'000)}, much, ConflictPolicy::dead, Conflict::wait},
      {dead, {delay, Millis(10'000)}, little, ConflictPolicy::dead, Conflict::refuse},
      {dead, {delay, delay}, much, ConflictPolicy::refuse, Conflict::refuse},
      {dead, {delay, delay}, much, ConflictPolicy::always, Conflict::fence},
      {unseen, {}, much, ConflictPolicy::dead, Conflict::wait},
      {unseen, {delay, delay}, much, ConflictPolicy::dead, Conflict::refuse},
      {unseen, {delay, delay}, much, ConflictPolicy::always, Conflict::fence},
      {live, {}, much, ConflictPolicy::dead, Conflict::wait},
      {live, {delay, Millis(0)}, much, ConflictPolicy::dead, Conflict::refuse},
      {live, {delay, delay}, much, ConflictPolicy::dead, Conflict::refuse},
      {live, {Millis(29'000), Millis(0)}, much, ConflictPolicy::always, Conflict::wait},
      {live, {delay, Millis(0)}, much, ConflictPolicy::always, Conflict::fence},
      {live, {delay, Millis(0)}, little, ConflictPolicy::always, Conflict::refuse},
      {set, {delay, delay}, much, ConflictPolicy::always, Conflict::refuse},
      {set, {}, much, ConflictPolicy::dead, Conflict::refuse},
  };
  int number = 0;
  for (const auto& row : rows) {
    const ConflictPlan plan = plan_conflict(row.look, row.waited, row.policy, delay, row.remaining);
    EXPECT_EQ(plan.action, row.action) << "row " << number;
    EXPECT_EQ(plan.reason.empty(), row.action != Conflict::refuse) << "row " << number;
    ++number;
  }
}

TEST(ConflictPlan, DoesNotCallPathsLoggedInThatAreNot) {
  const Look dead = fold_look({template_of("b")}, "here");
  const ConflictPlan plan =
      plan_conflict(dead, {Millis(40'000), Millis(12'000)}, ConflictPolicy::dead, Millis(30'000), Millis(1'000));
  EXPECT_NE(plan.reason.find("whose paths were logged in until 12 s ago"), std::string::npos) << plan.reason;
}

TEST(ExportOfOurName, IsOursOnlyIfOurInitiatorIsLoggedInFromHere) {
  const std::vector<std::string> ours{"iqn.here"};
  EXPECT_EQ(why_not_ours(array::ArrayHost{"here", {{"iqn.x", "10.0.0.9"}, {"iqn.here", "10.0.0.7"}}}, ours, "10.0.0.7"),
            "");
  const struct {
    std::optional<array::ArrayHost> host;
    std::string address;
    std::string words;
  } rows[] = {
      {std::nullopt, "10.0.0.7", "does not know our host"},
      {array::ArrayHost{"here", {}}, "10.0.0.7", "from no address, and this machine has 10.0.0.7"},
      {array::ArrayHost{"here", {{"iqn.here", ""}}}, "10.0.0.7", "from no address"},
      {array::ArrayHost{"here", {{"iqn.here", "0.0.0.0"}}}, "10.0.0.7", "from no address"},
      {array::ArrayHost{"here", {{"iqn.here", "10.0.0.99"}}}, "10.0.0.7",
       "from 10.0.0.99, and this machine has 10.0.0.7"},
      {array::ArrayHost{"here", {{"iqn.other", "10.0.0.7"}}}, "10.0.0.7", "from no address"},
      {array::ArrayHost{"here", {{"iqn.here", ""}}}, "", "an unknown address"},
  };
  for (const auto& row : rows) {
    const std::string reason = why_not_ours(row.host, ours, row.address);
    EXPECT_NE(reason.find(row.words), std::string::npos) << reason;
  }
}

TEST(SettlePlan, FollowsTheTable) {
  journal::MountRecord row;
  for (const MountState state : {MountState::exporting, MountState::attaching, MountState::mounting,
                                 MountState::unmounting, MountState::detaching, MountState::unexporting}) {
    row.state = state;
    row.ids = {{"a", true}};
    EXPECT_EQ(plan_settle(row, true), SettleAction::release) << to_string(state);
  }
  row.state = MountState::mounted;
  EXPECT_EQ(plan_settle(row, true), SettleAction::keep);
  EXPECT_EQ(plan_settle(row, false), SettleAction::keep);
  row.ids.clear();
  EXPECT_EQ(plan_settle(row, true), SettleAction::release);
  row.state = MountState::formatting;
  row.fs_uuid = "u1";
  EXPECT_EQ(plan_settle(row, true), SettleAction::settle_format);
  EXPECT_EQ(plan_settle(row, false), SettleAction::release);
  row.state = MountState::mounting;
  EXPECT_EQ(plan_settle(row, true), SettleAction::settle_format);
}

TEST(Mountable, IsOnlyAPlainVolumeOnTheLoopTransport) {
  catalog::Volume volume;
  volume.backend = "DEFAULT";
  EXPECT_EQ(why_not_mountable(volume, config::Transport::loop), "");
  EXPECT_NE(why_not_mountable(volume, config::Transport::fc).find("transport fc"), std::string::npos);
  volume.copy_kind = array::CopyKind::snapshot;
  EXPECT_NE(why_not_mountable(volume, config::Transport::loop), "");
  volume.copy_kind = array::CopyKind::base;
  volume.group = "g";
  EXPECT_NE(why_not_mountable(volume, config::Transport::loop).find("group g"), std::string::npos);
}

TEST(CpgsOfACreate, AreToldWhereTheArrayComplainsOfThem) {
  for (const int code : {15, 24, 38, 153}) EXPECT_TRUE(is_about_cpgs(code)) << code;
  for (const int code : {1, 12, 13, 28}) EXPECT_FALSE(is_about_cpgs(code)) << code;
  EXPECT_FALSE(is_about_cpgs(std::nullopt));
}

TEST(Unfinished, IsCompletedUndoneOrLeftAlone) {
  using State = journal::UnfinishedVolume::State;
  struct Row {
    State state;
    bool there;
    bool used;
    std::chrono::seconds age;
    UnfinishedAction action;
  };
  using std::chrono::seconds;
  const Row rows[] = {
      {State::creating, false, false, seconds(1), UnfinishedAction::wait},
      {State::creating, false, false, seconds(121), UnfinishedAction::forget},
      {State::creating, true, false, seconds(1), UnfinishedAction::complete},
      {State::creating, true, true, seconds(1), UnfinishedAction::complete},
      {State::undoing, false, false, seconds(1), UnfinishedAction::forget},
      {State::undoing, true, false, seconds(1), UnfinishedAction::remove},
      {State::undoing, true, true, seconds(1), UnfinishedAction::keep},
      {State::removing, false, false, seconds(1), UnfinishedAction::forget},
      {State::removing, true, false, seconds(1), UnfinishedAction::complete},
      {State::removing, true, true, seconds(1), UnfinishedAction::complete},
  };
  for (const Row& row : rows)
    EXPECT_EQ(plan_unfinished({row.state, row.there, row.used, row.age}), row.action)
        << to_string(row.state) << (row.there ? " there" : " not there") << (row.used ? " used" : "");
}

TEST(Unfinished, OfAReplicatedVolumeItsGroupCounts) {
  using State = journal::UnfinishedVolume::State;
  struct Row {
    State state;
    bool there;
    bool attached;
    UnfinishedAction action;
  };
  const Row rows[] = {
      {State::creating, true, false, UnfinishedAction::complete},
      {State::creating, true, true, UnfinishedAction::complete},
      {State::undoing, true, true, UnfinishedAction::remove},
      {State::undoing, false, false, UnfinishedAction::remove_copy},
      {State::removing, true, true, UnfinishedAction::restore},
      {State::removing, true, false, UnfinishedAction::remove},
      {State::removing, false, false, UnfinishedAction::remove_copy},
  };
  for (const Row& row : rows)
    EXPECT_EQ(plan_unfinished({row.state, row.there, false, std::chrono::hours(1), true, row.attached}), row.action)
        << to_string(row.state) << (row.there ? " there" : " not there") << (row.attached ? " attached" : "");
}

TEST(ForeignSet, IsOneWithoutARuleThatThePluginDidNotUse) {
  const array::VolumeSet gold{"gold", {}, true, false};
  const array::VolumeSet fast{"fast", {}, false, true};
  const array::VolumeSet plain{"plain", {}, false, false};
  EXPECT_EQ(foreign_set({}, {}), "");
  EXPECT_EQ(foreign_set({gold, fast}, {}), "");
  EXPECT_EQ(foreign_set({gold, plain}, {}), "plain");
  EXPECT_EQ(foreign_set({gold, plain}, {"plain"}), "");
}

}  // namespace
}  // namespace hpe3par::volumes
