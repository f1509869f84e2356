#include "hpe3par/manual/manual.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <fstream>

#include "hpe3par_test/temp_dir.h"

namespace hpe3par::manual {
namespace {

// A program with everything that there can be.
class Program {
 public:
  Program() {
    app.set_help_flag("-h,--help", "show this help");
    app.add_option("--socket", text, "socket of it")->type_name("PATH")->capture_default_str();
    app.add_option("-o,--output", text, "form")->check(CLI::IsMember({"table", "json"}));
    app.add_option("--secret-door", text, "not for everybody")->group("");
    app.add_subcommand("status", "how it is");
    CLI::App* volume = app.add_subcommand("volume", "the volumes");
    volume->add_subcommand("ls", "list .them")->add_flag("-q,--quiet", quiet, "names\\only");
    volume->add_subcommand("inspect", "show them")->add_option("NAME", names, "names")->type_name("VOLUME")->required();
  }

  std::string text = "/run/x y";
  std::vector<std::string> names;
  bool quiet = false;
  CLI::App app{"asks\nand more", "the-ctl"};
};

Manual some_manual() {
  Manual manual;
  manual.version = "the-ctl 1.0";
  manual.values = {{"VOLUME", "volume ls --quiet"}};
  manual.sections = {{"DESCRIPTION", {{".dot at the begin"}}},
                     {"EXIT STATUS", {{"Done.", "0"}, {"Not at all \"done\".", "1"}}},
                     {"EXAMPLES", {{"ctl --quiet |\n'wc' -l", "", true}}}};
  return manual;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(ManPage, HasEveryOptionAndCommandButTheHidden) {
  const Program program;
  const std::string page = man_page(program.app, some_manual());
  EXPECT_TRUE(contains(page, ".TH \"THE\\-CTL\" 8 \"\" \"the\\-ctl 1.0\"\n.SH NAME\nthe\\-ctl \\- asks\n"));
  EXPECT_TRUE(contains(page, ".TP\n\\fB\\-h\\fR, \\fB\\-\\-help\\fR\nshow this help\n"));
  EXPECT_TRUE(contains(page, "\\fB\\-\\-socket\\fR \\fIPATH\\fR\nsocket of it (default: /run/x y)\n"));
  EXPECT_TRUE(contains(page, "\\fB\\-\\-output\\fR \\fITEXT\\fR\nform: table or json\n"));
  EXPECT_TRUE(contains(page, ".TP\n\\fBstatus\\fR\nhow it is\n"));
  EXPECT_TRUE(contains(page, ".TP\n\\fBvolume ls\\fR [\\fB\\-q\\fR, \\fB\\-\\-quiet\\fR]\nlist .them\n"));
  EXPECT_TRUE(contains(page, "\\fBvolume inspect\\fR \\fIVOLUME\\fR ...\n"));
  EXPECT_FALSE(contains(page, "door"));
}

TEST(ManPage, KeepsRoffFromReadingTheTextAsRequests) {
  const Program program;
  const std::string page = man_page(program.app, some_manual());
  EXPECT_TRUE(contains(page, "\n\\&.dot at the begin\n"));
  EXPECT_TRUE(contains(page, "names\\eonly\n"));
  EXPECT_TRUE(contains(page, ".nf\n.RS\nctl \\-\\-quiet |\n\\&'wc' \\-l\n.RE\n.fi\n"));
}

TEST(ManPage, HasTheDescriptionBeforeTheOptionsAndTheRestBehind) {
  const Program program;
  const std::string page = man_page(program.app, some_manual());
  std::size_t at = 0;
  for (const std::string section : {"NAME", "SYNOPSIS", "\"DESCRIPTION\"", "COMMANDS", "OPTIONS", "\"EXIT STATUS\""}) {
    const std::size_t next = page.find(".SH " + section + "\n", at);
    ASSERT_NE(next, std::string::npos) << section;
    at = next;
  }
}

TEST(PlainText, IsWrappedBehindItsTerms) {
  EXPECT_EQ(plain_text({"EXIT STATUS", {{"Done.", "0"}, {std::string(70, 'x') + " word", "1"}}}),
            "Exit status:\n  0   Done.\n  1   " + std::string(70, 'x') + "\n      word\n");
}

TEST(Generate, IsAskedForWithExactlyThoseWords) {
  const Program program;
  const auto ask = [&](const std::vector<const char*>& argv) {
    return generate(static_cast<int>(argv.size()), argv.data(), program.app, some_manual());
  };
  EXPECT_EQ(ask({"ctl", "--generate", "man"}), man_page(program.app, some_manual()));
  EXPECT_EQ(ask({"ctl", "--generate", "bash-completion"}), bash_completion(program.app, some_manual()));
  EXPECT_FALSE(ask({"ctl", "--generate"}));
  EXPECT_FALSE(ask({"ctl", "--generate", "fish"}));
  EXPECT_FALSE(ask({"ctl", "status", "man"}));
}

// Bash itself, with a program that has volumes of good and of bad names, and writes down its arguments.
class BashCompletion : public testing::Test {
 protected:
  BashCompletion() {
    const Program program;
    std::ofstream(directory_ + "/completion") << bash_completion(program.app, some_manual());
    const std::string fake = directory_ + "/the-ctl";
    std::ofstream(fake) << "#!/bin/bash\nprintf '%s\\n' \"$@\" > " << directory_ << "/arguments\n"
                        << "printf '%s\\n' web-data db.data -rf .x 'a;b' '$(touch " << directory_ << "/pwned)' 'c d'\n";
    chmod(fake.c_str(), 0755);
  }
  static std::string run(const std::string& script) {
    std::string output;
    const std::string command = "bash -c '" + script + "'";
    FILE* pipe = popen(command.c_str(), "r");
    std::array<char, 256> buffer{};
    while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) output += buffer.data();
    EXPECT_EQ(pclose(pipe), 0) << script;
    return output;
  }

  /// @param words what is typed, the last one being completed. @return the candidates, each followed by a blank
  std::string complete(const std::string& words) const {
    return run("set -u; source " + directory_ + "/completion; cd " + directory_ + "; COMP_WORDS=(./the-ctl " + words +
               "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _the_ctl ./the-ctl; " +
               "for each in \"${COMPREPLY[@]}\"; do printf \"%s \" \"$each\"; done");
  }

  test::TempDir temporary_;
  const std::string directory_ = temporary_.path();
};

TEST_F(BashCompletion, KnowsCommandsAndOptions) {
  EXPECT_EQ(complete("\"\""), "status volume ");
  EXPECT_EQ(complete("s"), "status ");
  EXPECT_EQ(complete("volume \"\""), "ls inspect ");
  EXPECT_EQ(complete("volume i"), "inspect ");
  EXPECT_EQ(complete("-o json volume i"), "inspect ");
  EXPECT_EQ(complete("status \"\""), "");
  EXPECT_EQ(complete("--"), "--help --socket --output ");
  EXPECT_EQ(complete("volume ls --q"), "--quiet ");
  EXPECT_EQ(complete("volume inspect --q"), "");
}

TEST_F(BashCompletion, KnowsValuesOfOptions) {
  EXPECT_EQ(complete("-o \"\""), "table json ");
  EXPECT_EQ(complete("--output = j"), "json ");
  EXPECT_EQ(complete("--output ="), "table json ");
  EXPECT_EQ(complete("--socket comp"), "completion ");
}

TEST_F(BashCompletion, AsksTheProgramForNamesAndOffersTheHarmlessOnes) {
  EXPECT_EQ(complete("--socket /a/b -o json volume inspect \"\""), "web-data db.data ");
  EXPECT_EQ(run("cat " + directory_ + "/arguments"), "--socket\n/a/b\nvolume\nls\n--quiet\n");
  EXPECT_EQ(complete("volume inspect web-data d"), "db.data ");
  EXPECT_EQ(run("ls " + directory_), "arguments\ncompletion\nthe-ctl\n");
}

}  // namespace
}  // namespace hpe3par::manual
