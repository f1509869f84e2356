#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "hpe3par/base/error.h"
#include "hpe3par/config/config.h"
#include "hpe3par_test/temp_dir.h"

namespace hpe3par::config {
namespace {

namespace fs = std::filesystem;

const std::string kSection =
    "[DEFAULT]\n"
    "hpedockerplugin_driver = loop\n"
    "loop_dir = /var/tmp/arrays/A\n"
    "hpe3par_api_url = https://10.0.0.1:8080/api/v1\n"
    "hpe3par_username = 3paradm\n"
    "hpe3par_cpg = cpg1\n";
const std::string kPeer =
    "replication_device = backend_id:B, replication_mode:synchronous, cpg_map:cpg1:cpg1\n"
    " hpe3par_api_url:https://10.0.0.2:8080/api/v1, hpe3par_username:3paradm, loop_dir:/B\n";

class ConfigFiles : public testing::Test {
 protected:
  ConfigFiles() { ::unsetenv("CREDENTIALS_DIRECTORY"); }
  ~ConfigFiles() override { ::unsetenv("CREDENTIALS_DIRECTORY"); }

  fs::path write(const std::string& name, const std::string& text, fs::perms mode = fs::perms(0600)) {
    fs::path path = directory_ / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    fs::permissions(path, mode);
    return path;
  }

  Config load(const std::string& text, fs::perms mode = fs::perms(0600)) {
    return load_config(write("hpe.conf", text, mode));
  }

  std::string password_of(const std::string& text) {
    Config config = load(kSection + text);
    read_secrets(config);
    return config.default_backend().password.reveal();
  }

  std::string refusal_of(const std::string& text) {
    try {
      password_of(text);
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }

  std::string at_line_7() { return (directory_ / "hpe.conf").string() + ":7: "; }

  test::TempDir directory_;
};

TEST_F(ConfigFiles, APasswordIsTheContentWithoutTheNewlineAtItsEnd) {
  write("password", " 3par data \n");
  EXPECT_EQ(password_of("hpe3par_password_file = " + (directory_ / "password").string() + "\n"), " 3par data ");
  write("password", "a\n\n");
  EXPECT_EQ(password_of("hpe3par_password_file = password\n"), "a\n");
}

TEST_F(ConfigFiles, ARelativePathIsACredentialOfSystemdIfThereAreAny) {
  write("password", "beside");
  write("credentials/password", "credential");
  const std::string line = "hpe3par_password_file = password\n";
  EXPECT_EQ(password_of(line), "beside");
  ::setenv("CREDENTIALS_DIRECTORY", (directory_ / "credentials").c_str(), 1);
  EXPECT_EQ(password_of(line), "credential");
}

TEST_F(ConfigFiles, ThePeerHasItsOwnPasswordFile) {
  write("a", "of A");
  write("b", "of B");
  Config config = load(kSection + "hpe3par_password_file = a\n" + kPeer + " hpe3par_password_file:b\n");
  EXPECT_TRUE(config.default_backend().replication->password.empty());
  read_secrets(config);
  EXPECT_EQ(config.default_backend().password.reveal(), "of A");
  EXPECT_EQ(config.default_backend().replication->password.reveal(), "of B");
}

TEST_F(ConfigFiles, WhatIsWrongWithAPasswordFileIsSaidAtItsKey) {
  const std::string gone = (directory_ / "gone").string();
  EXPECT_EQ(refusal_of("hpe3par_password_file = gone\n"),
            at_line_7() + "cannot read the password file " + gone + ": No such file or directory");
  EXPECT_EQ(refusal_of("hpe3par_password_file = " + directory_.path().string() + "\n"),
            at_line_7() + "cannot read the password file " + directory_.path().string() +
                ": it is a directory, and a regular file is needed");
  const fs::path empty = write("empty", "\n");
  EXPECT_EQ(refusal_of("hpe3par_password_file = empty\n"),
            at_line_7() + "the password file " + empty.string() + " is empty");
  const fs::path pipe = directory_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(
      refusal_of("hpe3par_password_file = pipe\n"),
      at_line_7() + "cannot read the password file " + pipe.string() + ": it is a pipe, and a regular file is needed");
}

TEST_F(ConfigFiles, AnUnlikelyNameOfAPasswordFileIsNotShown) {
  EXPECT_EQ(refusal_of("hpe3par_password_file = Topsecret1\n"),
            at_line_7() +
                "cannot read the password file that is named here (not shown, since it may be a password; a "
                "path with a / is): No such file or directory");
  EXPECT_EQ(describe(load(kSection + "hpe3par_password_file = Topsecret1\n")).find("Topsecret1"), std::string::npos);
}

TEST_F(ConfigFiles, APasswordFileThatEveryUserCanReadEarnsAWarning) {
  const fs::path path = write("password", "x", fs::perms(0644));
  Config config = load(kSection + "hpe3par_password_file = password\n");
  EXPECT_EQ(read_secrets(config),
            std::vector<std::string>{at_line_7() + "every user of this machine can read the password file " +
                                     path.string() + "; take that right away with chmod o-r"});
  write("password", "x", fs::perms(0640));
  EXPECT_EQ(read_secrets(config), std::vector<std::string>{});
}

TEST_F(ConfigFiles, WarningsAreToldEvenIfAnErrorFollows) {
  const fs::path path = write(
      "hpe.conf", kSection + "hpe3par_password = x\nlogging = DEBUG\nlogging = INFO\noops\n = 1\n", fs::perms(0644));
  std::vector<std::string> told;
  EXPECT_THROW(load_config(path, [&](const std::string& text) { told.push_back(text); }), Error);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_NE(told[0].find("every user of this machine"), std::string::npos);

  write("hpe.conf", kSection + "hpe3par_password = x\nlogging = DEBUG\nlogging = INFO\noops = 1\n");
  told.clear();
  EXPECT_THROW(load_config(path, [&](const std::string& text) { told.push_back(text); }), Error);
  EXPECT_EQ(told, std::vector<std::string>{path.string() +
                                           ":9: logging is set again (first in line 8); the last one counts"});
}

TEST_F(ConfigFiles, RelativePathsAreMeantFromTheDirectoryOfTheFile) {
  const std::string text =
      "[DEFAULT]\nhpedockerplugin_driver = loop\nloop_dir = arrays/A\nhpe3par_ca_file = ca.pem\n"
      "hpe3par_api_url = https://10.0.0.1:8080/api/v1\nhpe3par_username = u\nhpe3par_password = p\nhpe3par_cpg = c\n";
  const Config config = load(text);
  EXPECT_EQ(config.default_backend().loop_dir, directory_ / "arrays/A");
  EXPECT_EQ(config.default_backend().ca_file, (directory_ / "ca.pem").string());
  EXPECT_EQ(parse_config(text, "hpe.conf").default_backend().loop_dir, "arrays/A");
}

TEST_F(ConfigFiles, CheckingAFileOpensNoPasswordFile) {
  const Config config = load(kSection + "hpe3par_password_file = gone\n");
  EXPECT_NE(describe(config).find("hpe3par_password_file = gone\n"), std::string::npos);
}

TEST_F(ConfigFiles, APasswordThatEveryUserCanReadEarnsAWarning) {
  const std::string path = (directory_ / "hpe.conf").string();
  const std::string warning =
      path + ": every user of this machine can read this file and the passwords in it; chmod 600 " + path;
  const std::string literal = kSection + "hpe3par_password = x\n";
  const std::string named = kSection + "hpe3par_password_file = password\n";
  const auto warnings = [&](const std::string& text, int mode) { return load(text, fs::perms(mode)).warnings; };
  const std::string peer = named + kPeer;
  EXPECT_EQ(warnings(literal, 0644), std::vector<std::string>{warning});
  EXPECT_EQ(warnings(literal, 0640), std::vector<std::string>{});
  EXPECT_EQ(warnings(named, 0644), std::vector<std::string>{});
  EXPECT_EQ(warnings(named + "san_password = x\n", 0644), std::vector<std::string>{warning});
  EXPECT_EQ(warnings(peer + " hpe3par_password_file:/run/password\n", 0644), std::vector<std::string>{});
  EXPECT_EQ(warnings(peer + " hpe3par_password : x\n", 0644).front(), warning);
}

TEST_F(ConfigFiles, AFileThatCannotBeReadIsNamedWithTheReason) {
  const std::string path = (directory_ / "none.conf").string();
  try {
    load_config(path);
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unavailable);
    EXPECT_EQ(std::string(error.what()), "cannot read the configuration file " + path +
                                             ": No such file or directory; create it (begin with hpe.conf.sample, "
                                             "which comes with hpe3pard) or name another with --config");
  }
}

TEST_F(ConfigFiles, WhatIsNoRegularFileOfUsualSizeIsNotRead) {
  const auto refusal = [](const fs::path& path) -> std::string {
    try {
      load_config(path);
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  };
  const std::string cannot = "cannot read the configuration file ";
  const std::string remedy = "; name another with --config";
  const fs::path pipe = directory_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(refusal(pipe), cannot + pipe.string() + ": it is a pipe, and a regular file is needed" + remedy);
  EXPECT_EQ(refusal(directory_.path()),
            cannot + directory_.path().string() + ": it is a directory, and a regular file is needed" + remedy);
  EXPECT_EQ(refusal("/dev/zero"), cannot + "/dev/zero: it is a device, and a regular file is needed" + remedy);
  const fs::path big = write("big", std::string(1024UL * 1024UL + 1, '#'));
  EXPECT_EQ(refusal(big),
            cannot + big.string() + ": it has 1048577 bytes, and at most 1048576 (1 MiB) are allowed" + remedy);
}

TEST_F(ConfigFiles, AnEmptyFileIsReadAndFoundWanting) {
  try {
    load("");
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_TRUE(std::string(error.what()).ends_with("hpe.conf:1: there is no section; at least [DEFAULT] is needed"));
  }
}

}  // namespace
}  // namespace hpe3par::config
