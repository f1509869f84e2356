// What a user reads at the prompt, and what stays behind when a command was refused.
#include <gtest/gtest.h>

#include <string>

#include "docker_test.h"

namespace hpe3par::test {
namespace {

constexpr const char* kNameRule =
    "this volume name is not allowed; allowed: a letter or digit, then up to 254 letters, digits, '.', '_' or '-'\n";

class DockerPrompt : public DockerTest {
 protected:
  /// What `docker volume create` says when it is refused. @param options "name=value" each
  std::string refusal(const std::string& volume, const Words& options) const {
    Words arguments = {"volume", "create", "-d", "hpe"};
    for (const auto& option : options) arguments.insert(arguments.end(), {"-o", option});
    arguments.insert(arguments.end(), {"--", volume});
    const auto result = engine_.docker(arguments);
    EXPECT_FALSE(result.ok()) << volume << " was created";
    return result.errors;
  }

  /// The plugin's own sentence, asked for without the engine.
  std::string sentence(const DriverOptions& options) const { return daemon_.create("v1", options); }
};

TEST_F(DockerPrompt, ShowsTheWholeSentenceOfARefusedOption) {
  const std::string front = "Error response from daemon: create v1: ";
  for (const DriverOptions& options :
       {DriverOptions{{"sise", "10"}}, DriverOptions{{"size", "lots"}}, DriverOptions{{"size", "16385"}},
        DriverOptions{{"size", "1"}, {"compression", "true"}}, DriverOptions{{"mountOptions", "nobarrier"}},
        DriverOptions{{"mkfsOptions", "-F"}}, DriverOptions{{"cloneOf", "v0"}}, DriverOptions{{"backend", "elsewhere"}},
        DriverOptions{{"cpg", "nonesuch"}, {"size", "1"}}}) {
    Words words;
    for (const auto& [name, value] : options) words.push_back(name + "=" + value);
    const std::string own = sentence(options);
    EXPECT_NE(own, "");
    EXPECT_EQ(refusal("v1", words), front + own + "\n");
  }
  EXPECT_EQ(list_volumes(), "");
}

TEST_F(DockerPrompt, ShowsTheHelpAsItIsLaidOut) {
  const std::string help = refusal("v1", {"help"});
  EXPECT_EQ(help, "Error response from daemon: create v1: " + sentence({{"help", ""}}));
  EXPECT_TRUE(contains(help, "\n  size                "));
  EXPECT_TRUE(contains(help, "\n  mountConflictDelay  "));
  EXPECT_TRUE(contains(help, "one of: DEFAULT\n"));

  const std::string backends = refusal("v1", {"help=backends"});
  EXPECT_TRUE(contains(backends, "\n  NAME     ARRAY"));
  EXPECT_TRUE(contains(backends, "\n  DEFAULT  "));
  EXPECT_EQ(list_volumes(), "");
}

TEST_F(DockerPrompt, TellsARunWithWrongOptionsAndKeepsNothing) {
  const auto run = engine_.docker(
      {"run", "--rm", "--network=none", "--mount", mount_option("v1") + ",volume-opt=sise=1", kImage, "/bin/true"});
  EXPECT_FALSE(run.ok());
  EXPECT_TRUE(contains(run.errors, sentence({{"sise", "1"}})));
  EXPECT_EQ(list_volumes(), "");
  EXPECT_EQ(engine_.docker_ok({"ps", "-aq"}), "");
}

TEST_F(DockerPrompt, TellsWhyAContainerDoesNotGetItsVolume) {
  create("v1", {"mkfsOptions=-I 4096 -b 1024"});
  const auto run = try_to_run_with("v1");
  EXPECT_FALSE(run.ok());
  EXPECT_TRUE(
      contains(run.errors, "error while mounting volume '': volume v1 could not be formatted with mkfsOptions="));
  EXPECT_TRUE(contains(run.errors, "remove the volume, which is still empty, and create it anew"));
  expect_detached();
  remove("v1");
}

// The engine answers by itself for a name that it knows.
TEST_F(DockerPrompt, SaysNothingOfOptionsForAVolumeThatExists) {
  create("v1");
  EXPECT_EQ(engine_.docker_ok({"volume", "create", "-d", "hpe", "-o", "size=5", "v1"}), "v1");
  EXPECT_EQ(engine_.docker_ok({"volume", "inspect", "-f", "{{.Status.size_gib}}", "v1"}), "1");
  remove("v1");
}

TEST_F(DockerPrompt, AcceptsOrdinaryNames) {
  for (const std::string& name : {std::string("web.data"), std::string("v1.2.3"), std::string("a"), std::string("7"),
                                  std::string("A-b_c."), std::string(200, 'x')}) {
    create(name);
    EXPECT_EQ(list_volumes(), "hpe " + name);
    EXPECT_EQ(engine_.docker_ok({"volume", "inspect", "-f", "{{.Name}}", name}), name);
    EXPECT_EQ(run_with(name, "echo here > /data/file && cat /data/file"), "here");
    remove(name);
    expect_detached();
  }
}

TEST_F(DockerPrompt, RefusesOtherNamesAndKeepsNothing) {
  for (const std::string& name : {std::string("-x"), std::string(".x"), std::string("../x"), std::string("a/b"),
                                  std::string("a b"), std::string("\xc3\xbc"), std::string(256, 'x')}) {
    EXPECT_TRUE(contains(refusal(name, {"size=1"}), kNameRule)) << name;
    EXPECT_EQ(list_volumes(), "") << name;
  }
  EXPECT_FALSE(try_to_run_with("../x").ok());
  EXPECT_EQ(list_volumes(), "");
  EXPECT_TRUE(std::filesystem::is_empty(daemon_.mount_dir()));
}

}  // namespace
}  // namespace hpe3par::test
