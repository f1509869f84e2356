#include "command_line.h"

#include <gtest/gtest.h>

#include "failure.h"

namespace hpe3par::ctl {
namespace {

using Words = std::vector<std::string>;

CommandLine parse(const Words& words) {
  std::vector<const char*> argv = {"hpe3parctl"};
  for (const std::string& word : words) argv.push_back(word.c_str());
  return parse_command_line(static_cast<int>(argv.size()), argv.data());
}

std::string refusal(const Words& words) {
  try {
    parse(words);
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.status(), ExitStatus::bad_usage);
    return failure.what();
  }
  return "understood";
}

TEST(CommandLine, KnowsTheCommands) {
  EXPECT_EQ(parse({"status"}).command, "status");
  EXPECT_EQ(parse({"backend", "ls"}).command, "backend ls");
  EXPECT_EQ(parse({"volume", "ls"}).command, "volume ls");
  EXPECT_EQ(parse({"cleanup", "ls"}).command, "cleanup ls");
  const CommandLine inspect = parse({"volume", "inspect", "a", "b.c"});
  EXPECT_EQ(inspect.command, "volume inspect");
  EXPECT_EQ(inspect.volumes, (Words{"a", "b.c"}));
}

TEST(CommandLine, HasTheDefaultsOfTheContract) {
  const CommandLine line = parse({"status"});
  EXPECT_EQ(line.admin_socket, std::nullopt);
  EXPECT_EQ(line.format, Format::table);
  EXPECT_FALSE(line.no_header || line.names_only);
}

TEST(CommandLine, OptionsMayStandBeforeAndBehindTheCommand) {
  for (const Words& words :
       {Words{"-o", "json", "--admin-socket", "/s", "--no-header", "volume", "ls", "-q"},
        Words{"volume", "ls", "-q", "--output=json", "--admin-socket=/s", "--no-header"},
        Words{"-o", "table", "volume", "-o", "json", "ls", "--admin-socket", "/s", "--no-header", "--quiet"}}) {
    const CommandLine line = parse(words);
    EXPECT_EQ(line.command, "volume ls");
    EXPECT_EQ(line.format, Format::json);
    EXPECT_EQ(line.admin_socket, "/s");
    EXPECT_TRUE(line.no_header);
    EXPECT_TRUE(line.names_only);
  }
}

TEST(CommandLine, RefusesWithWhatIsAllowed) {
  EXPECT_EQ(refusal({}), "a command is missing behind hpe3parctl; allowed: status, backend, volume, cleanup");
  EXPECT_EQ(refusal({"volumes"}), "there is no command volumes; allowed: status, backend, volume, cleanup");
  EXPECT_EQ(refusal({"volume"}), "a command is missing behind hpe3parctl volume; allowed: volume ls, volume inspect");
  EXPECT_EQ(refusal({"volume", "rm", "x"}), "there is no command volume rm; allowed: volume ls, volume inspect");
  EXPECT_EQ(refusal({"status", "now"}), "hpe3parctl status takes no argument now");
  EXPECT_EQ(refusal({"status", "--all"}), "there is no option --all; hpe3parctl status --help shows them");
  EXPECT_EQ(refusal({"--all"}), "there is no option --all; hpe3parctl --help shows them");
  EXPECT_EQ(refusal({"-o", "yaml", "status"}), "--output: 'yaml' is not allowed; allowed: table, json");
  EXPECT_EQ(refusal({"status", "-o"}), "--output has no value, or one too many; see --help");
  EXPECT_EQ(refusal({"volume", "inspect"}), "hpe3parctl volume inspect needs the name of a volume");
  EXPECT_EQ(refusal({"volume", "inspect", "a", ""}), "the name of a volume is empty");
  EXPECT_EQ(refusal({"x\x1b[2J"}), "there is no command x?[2J; allowed: status, backend, volume, cleanup");
}

TEST(CommandLine, TheCompletionHasLessPatienceThanAPerson) {
  EXPECT_EQ(parse({"status"}).patience, 15);
  EXPECT_EQ(parse({"--patience", "2", "volume", "ls"}).patience, 2);
  EXPECT_NE(refusal({"--patience", "0", "status"}), "understood");
  EXPECT_NE(parse({"--generate", "bash-completion"}).answer.find("--patience 2 volume ls --quiet"), std::string::npos);
  for (const Words& words : {Words{"--help"}, Words{"--generate", "man"}})
    EXPECT_EQ(parse(words).answer.find("patience"), std::string::npos);
}

TEST(CommandLine, TakesOneCommand) {
  EXPECT_EQ(refusal({"status", "volume", "ls"}), "hpe3parctl status takes no argument volume");
  EXPECT_EQ(refusal({"status", "status"}), "hpe3parctl status takes no argument status");
  EXPECT_EQ(refusal({"volume", "ls", "inspect", "x"}), "hpe3parctl volume ls takes no argument inspect");
  EXPECT_EQ(refusal({"volume", "ls", "-q", "cleanup", "ls"}), "hpe3parctl volume ls takes no argument cleanup");
  EXPECT_EQ(refusal({"volume", "status"}), "there is no command volume status; allowed: volume ls, volume inspect");
}

TEST(CommandLine, VolumesMayHaveTheNamesOfCommands) {
  const CommandLine line = parse({"volume", "inspect", "a", "status", "ls", "volume"});
  EXPECT_EQ(line.command, "volume inspect");
  EXPECT_EQ(line.volumes, (Words{"a", "status", "ls", "volume"}));
}

TEST(CommandLine, HelpNamesTheCommandInFull) {
  EXPECT_NE(parse({"--help"}).answer.find("Exit status:"), std::string::npos);
  EXPECT_NE(parse({"volume", "ls", "--help"}).answer.find("Usage: hpe3parctl volume ls"), std::string::npos);
  EXPECT_TRUE(parse({"--version"}).answer.starts_with("hpe3parctl "));
}

TEST(CommandLine, ManPageAndCompletionHaveEveryCommandAndOption) {
  const std::string page = parse({"--generate", "man"}).answer;
  const std::string completion = parse({"--generate", "bash-completion"}).answer;
  for (const std::string command : {"status", "backend ls", "volume ls", "volume inspect", "cleanup ls"}) {
    EXPECT_NE(page.find("\\fB" + command + "\\fR"), std::string::npos) << command;
    EXPECT_NE(completion.find("\"" + command + "\""), std::string::npos) << command;
  }
  for (const std::string option : {"help", "version", "admin-socket", "output", "no-header", "quiet"}) {
    EXPECT_NE(completion.find(" --" + option), std::string::npos) << option;
    EXPECT_NE(parse({"--help"}).answer.find("--" + option) == std::string::npos, option != "quiet") << option;
  }
  for (const std::string status : {"0", "1", "2", "3"})
    EXPECT_NE(page.find("\\fB" + status + "\\fR"), std::string::npos) << status;
  EXPECT_NE(page.find("select(.mounts > 0)"), std::string::npos);
  for (const char c : page) EXPECT_TRUE(c == '\n' || (c >= ' ' && c <= '~')) << static_cast<int>(c);
}

}  // namespace
}  // namespace hpe3par::ctl
