// That cases can fail: plugins that are wrong on purpose.
#include <gtest/gtest.h>

#include "rig.h"
#include "toy_plugin.h"

namespace hpe3par::test {
namespace {

using Ids = std::vector<std::string>;

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Client, FailsAPluginThatSaysYesToEverything) {
  const TempDir directory;
  const ToyPlugin plugin(directory / "toy.sock", [](const std::string&, const std::string&) { return "{}"; });
  const Report report =
      run_volconf({"--socket=" + plugin.socket().string(), "--propagated=" + (directory / "mnt").string(),
                   "--other-opts=size=2", "--help-option=help"},
                  directory);
  EXPECT_EQ(report.result.status, ExitStatus{1}) << report.result.output;
  EXPECT_EQ(report.outcomes.size(), 50U);
  // Here success is right, or all that is looked at.
  EXPECT_EQ(report.with("ok"), (Ids{"C06", "C07", "C08", "C17", "C40"})) << report.result.output;
  EXPECT_TRUE(has(report.texts.at("C09"), "sent Create with an empty body; came HTTP 200 {}; right: an Err"))
      << report.texts.at("C09");
  EXPECT_TRUE(has(report.texts.at("C25"), "right: an absolute Mountpoint")) << report.texts.at("C25");
  EXPECT_EQ(report.with("not run"), (Ids{"C33", "C34", "C36", "C38", "C44", "C45", "C46", "C47", "C48", "C50"}));
  EXPECT_EQ(report.texts.at("C33"), "needs --crash-command, --start-command");
  EXPECT_TRUE(has(report.result.output, "\n5 passed, 35 failed, 10 not run\n")) << report.result.output;
}

TEST(Client, FailsAPluginThatForgetsIdsAndData) {
  const TempDir directory;
  ForgetfulVolumes volumes(directory / "mnt");
  const ToyPlugin plugin(directory / "toy.sock",
                         [&](const std::string& call, const std::string& body) { return volumes.answer(call, body); });
  const Report report =
      run_volconf({"--socket=" + plugin.socket().string(), "--propagated=" + (directory / "mnt").string(),
                   "--only=C16,C18,C25,C26,C27,C28,C29,C30,C32,C37,C39,C40,C41,C43"},
                  directory);
  EXPECT_EQ(report.with("FAILED"), (Ids{"C28", "C29", "C32", "C41"})) << report.result.output;
  EXPECT_TRUE(has(report.texts.at("C28"), "after Unmount of one of two ids")) << report.texts.at("C28");
  EXPECT_TRUE(has(report.texts.at("C32"), "what was written is not there")) << report.texts.at("C32");
}

TEST(Client, FailsErrorsThatNobodyCanRead) {
  const TempDir directory;
  for (const std::string err : {"<html>502 Bad Gateway</html>", R"(one line\nand another)", "password is s3cret"}) {
    const ToyPlugin plugin(directory / ("toy" + std::to_string(err.size()) + ".sock"),
                           [&](const std::string& call, const std::string&) {
                             return call == "List" ? R"({"Volumes":[]})" : "{\"Err\":\"" + err + "\"}";
                           });
    const Report report =
        run_volconf({"--socket=" + plugin.socket().string(), "--secret=s3cret", "--only=C49"}, directory);
    EXPECT_EQ(report.with("FAILED"), Ids{"C49"}) << report.result.output;
  }
}

TEST(Client, FailsWhatIsLeftBehind) {
  const TempDir directory;
  int lists = 0;
  const ToyPlugin plugin(directory / "toy.sock", [&](const std::string& call, const std::string&) -> std::string {
    if (call == "List") return ++lists == 1 ? R"({"Volumes":[]})" : R"({"Volumes":[{"Name":"leak"}]})";
    return R"({"Implements":["VolumeDriver"]})";
  });
  const Report report = run_volconf({"--socket=" + plugin.socket().string(), "--only=C01"}, directory);
  EXPECT_TRUE(has(report.texts.at("C01"), "left behind: + volume leak")) << report.result.output;
}

TEST(Client, RefusesBadUsage) {
  const TempDir directory;
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{}, {"--nonesuch"}, {"--socket=/nonesuch"}, {"--socket=/nonesuch", "--only=C99"}}) {
    const Report report = run_volconf(arguments, directory);
    EXPECT_EQ(report.result.status, ExitStatus{2}) << report.result.errors;
  }
  const Report report = run_volconf({"--list"}, directory);
  EXPECT_EQ(report.result.status, ExitStatus{0});
  EXPECT_TRUE(has(report.result.output, "C34  Mount works after a lazy unmount and a crash (needs --propagated, "))
      << report.result.output;
}

}  // namespace
}  // namespace hpe3par::test
