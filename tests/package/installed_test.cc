// The package in a clean Debian 12: installed, used, upgraded, removed. No systemd runs in there, so nothing starts or
// stops the daemon but the test.
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "clean_root.h"
#include "hpe3par_test/daemon.h"
#include "hpe3par_test/eventually.h"
#include "hpe3par_test/http_call.h"
#include "hpe3par_test/leak_check.h"
#include "hpe3par_test/mounts.h"
#include "hpe3par_test/simulator.h"
#include "hpe3par_test/temp_dir.h"
#include "package.h"
#include "tests/fakes/notify_socket.h"

namespace hpe3par::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPackage = "/tmp/hpe3pard.deb";  // in the root
constexpr const char* kConfig = "/etc/hpedockerplugin/hpe.conf";
constexpr const char* kDefaults = "/etc/default/hpe3pard";
constexpr const char* kJournal = "/var/lib/hpe3pard/journal.db";
constexpr const char* kSocket = "/run/docker/plugins/hpe.sock";

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// What all cases begin with; made once.
struct Base {
  Base() : package(build_package(directory / "package")), debian(directory / "ram/debian") {
    make_debian(debian, directory / "mmdebstrap");
    fs::copy_file(package, debian / fs::path(kPackage).relative_path());
    const CleanRoot root(debian);
    const RunResult updated = root.run_in({"apt-get", "update", "-q"});
    if (!updated.ok()) throw std::runtime_error("apt-get update: " + updated.errors);
    const RunResult installed = root.run_in({"apt-get", "install", "-q", "-y", "--no-install-recommends", kPackage});
    if (!installed.ok()) throw std::runtime_error("apt-get install: " + installed.output + installed.errors);
    output = installed.output;
  }

  TempDir directory;
  ScopedMount ram{"ram", directory / "ram", "tmpfs"};  // dpkg syncs each file
  fs::path package;
  fs::path debian;
  std::string output;  ///< of the installation
};

class InstalledPackage : public testing::Test {
 protected:
  static void SetUpTestSuite() { base.emplace(); }
  static void TearDownTestSuite() { base.reset(); }

  std::string ok(const std::vector<std::string>& argv) const {
    const RunResult result = root_.run_in(argv);
    EXPECT_TRUE(result.ok()) << argv.front() << " " << argv.at(1) << ": " << result.output << result.errors;
    return result.output;
  }

  /// Starts the daemon as the unit does, and waits until it serves.
  std::unique_ptr<Process> start() const {
    auto daemon = std::make_unique<Process>(root_.command({"/usr/sbin/hpe3pard"}), scratch_ / "hpe3pard");
    EXPECT_TRUE(eventually(std::chrono::seconds(20), [&] { return accepts_connections(root_.at(kSocket)); }))
        << daemon->errors();
    return daemon;
  }

  /// `Err` of the answer; what the engine would get.
  std::string call(const std::string& method, const nlohmann::json& body) const {
    HttpCall call;
    call.method = "POST";
    call.url = "http://plugin/VolumeDriver." + method;
    call.unix_socket = root_.at(kSocket);
    call.body = body.dump();
    const HttpReply reply = http_call(call);
    return reply.status == 200 ? reply.json().value("Err", "") : reply.failure + reply.body;
  }

  std::string version() const { return ok({"dpkg-query", "-W", "-f", "${Version} ${db:Status-Status}", "hpe3pard"}); }

  inline static std::optional<Base> base;
  TempDir scratch_;
  CleanRoot root_{base->debian, scratch_ / "clean"};
};

TEST_F(InstalledPackage, HasProgramsManPagesAndCompletion) {
  EXPECT_EQ(ok({"hpe3pard", "--version"}), "hpe3pard " HPE3PAR_VERSION "\n");
  EXPECT_EQ(ok({"hpe3parctl", "--version"}), "hpe3parctl " HPE3PAR_VERSION "\n");
  EXPECT_TRUE(has(ok({"hpe3pard", "--check-config", "--config", "/usr/share/doc/hpe3pard/examples/hpe.conf.sample"}),
                  "DEFAULT"));
  for (const char* program : {"hpe3pard", "hpe3parctl"})
    EXPECT_TRUE(has(ok({"zcat", std::string("/usr/share/man/man8/") + program + ".8.gz"}), ".TH")) << program;
  EXPECT_TRUE(has(ok({"bash", "-c", ". /usr/share/bash-completion/completions/hpe3parctl && complete -p hpe3parctl"}),
                  "complete "));
  for (const char* example : {"compose.yaml", "hpe.spec"})
    EXPECT_TRUE(fs::exists(root_.at("/usr/share/doc/hpe3pard/examples") / example)) << example;
}

TEST_F(InstalledPackage, IsStartedAtTheNextBootAndSaysThatThereIsNoConfiguration) {
  EXPECT_TRUE(has(base->output, "until there is an /etc/hpedockerplugin/hpe.conf")) << base->output;
  EXPECT_TRUE(fs::is_symlink(root_.at("/etc/systemd/system/multi-user.target.wants/hpe3pard.service")));
  EXPECT_EQ(fs::status(root_.at("/etc/hpedockerplugin")).permissions(), fs::perms::owner_all);
  const RunResult verified = root_.run_in({"systemd-analyze", "verify", "--man=no", "hpe3pard.service"});
  EXPECT_TRUE(verified.ok());
  EXPECT_EQ(verified.output + verified.errors, "") << "it only warns of a key that it does not know";
}

TEST_F(InstalledPackage, DaemonTellsSystemdHowItIsEvenWithoutConfiguration) {
  const NotifySocket systemd(root_.at("/run/notify"));
  Process daemon(root_.command({"/usr/sbin/hpe3pard"}), scratch_ / "hpe3pard",
                 {{"NOTIFY_SOCKET", "/run/notify"}, {"WATCHDOG_USEC", "3000000"}});
  ASSERT_EQ(systemd.hear(), "READY=1") << daemon.errors();
  EXPECT_TRUE(has(call("Create", {{"Name", "v1"}}), kConfig)) << "the reason is told at the Docker prompt";
  EXPECT_EQ(systemd.hear(), "WATCHDOG=1");
  daemon.signal(SIGTERM);
  std::string last = systemd.hear();
  while (last == "WATCHDOG=1") last = systemd.hear();
  EXPECT_EQ(last, "STOPPING=1");
  EXPECT_EQ(daemon.stop(), (ExitStatus{0, 0}));
  EXPECT_FALSE(fs::exists(root_.at(kSocket))) << "the engine would wait for it";
}

// A container is using the volume: its mount, what the daemon knows of it and how to reach the array have to stay.
TEST_F(InstalledPackage, RemovalAndPurgeLeaveMountsConfigurationAndJournal) {
  Simulator simulator(scratch_ / "sim");
  const ScopedMount exports(scratch_ / "sim", root_.at(scratch_ / "sim"), "", MS_BIND);
  const LeakCheck leaks({scratch_.path()}, &simulator);
  write_config(root_.at(kConfig), "h1", {Backend::of(simulator)});
  const fs::path file = root_.at("/opt/hpe/data/v1/file");
  {
    const auto daemon = start();
    ASSERT_EQ(call("Create", {{"Name", "v1"}, {"Opts", {{"size", "1"}}}}), "");
    ASSERT_EQ(call("Mount", {{"Name", "v1"}, {"ID", "container"}}), "");
    write_file(file, "precious");
  }
  const std::string config = read_file(root_.at(kConfig));
  const std::string journal = read_file(root_.at(kJournal));
  const auto all_is_there = [&] {
    return read_file(file) == "precious" && read_file(root_.at(kConfig)) == config &&
           read_file(root_.at(kJournal)) == journal && mounts_below({root_.at("/opt/hpe/data")}).size() == 1;
  };
  ASSERT_TRUE(all_is_there());

  EXPECT_TRUE(has(ok({"apt-get", "remove", "-y", "hpe3pard"}), "still mounted below /opt/hpe/data: 1"));
  EXPECT_TRUE(all_is_there());
  EXPECT_TRUE(fs::exists(root_.at(kDefaults)));
  EXPECT_TRUE(has(ok({"apt-get", "purge", "-y", "hpe3pard"}), "/var/lib/hpe3pard stay"));
  EXPECT_TRUE(all_is_there());
  EXPECT_FALSE(fs::exists(root_.at(kDefaults)));
  EXPECT_FALSE(fs::is_symlink(root_.at("/etc/systemd/system/hpe3pard.service"))) << "a mask";

  EXPECT_FALSE(has(ok({"apt-get", "install", "-y", "--no-install-recommends", kPackage}), "until there is"));
  EXPECT_TRUE(fs::is_symlink(root_.at("/etc/systemd/system/multi-user.target.wants/hpe3pard.service")));
  const auto daemon = start();
  EXPECT_EQ(call("Unmount", {{"Name", "v1"}, {"ID", "container"}}), "");
  EXPECT_EQ(call("Remove", {{"Name", "v1"}}), "");
  leaks.check();
}

// No systemd runs there, so it is looked at what it would be told.
TEST_F(InstalledPackage, IsStartedWhenInstalledAndRestartedWhenUpgraded) {
  const fs::path log = root_.at("/systemctl.log");
  const fs::path systemctl = root_.at("/usr/bin/systemctl");
  fs::create_directories(root_.at("/run/systemd/system"));
  fs::remove(systemctl);
  write_file(systemctl,
             "#!/bin/sh\necho \"$@\" >> /systemctl.log\ncase $* in *is-enabled*) echo enabled ;; *is-active*) exit 3 "
             ";; esac\n");
  fs::permissions(systemctl, fs::perms(0755));
  const auto told_by = [&](const std::vector<std::string>& argv) {
    fs::remove(log);
    ok(argv);
    return read_file(log);
  };
  EXPECT_TRUE(has(told_by({"apt-get", "remove", "-y", "hpe3pard"}), "stop hpe3pard.service"));
  const std::vector<std::string> install = {"apt-get", "install", "-y", "--no-install-recommends", kPackage};
  const std::string after_removal = told_by(install);
  EXPECT_TRUE(has(after_removal, "start hpe3pard.service") && !has(after_removal, "restart")) << after_removal;
  const std::string again = told_by({"apt-get", "install", "-y", "--reinstall", kPackage});
  EXPECT_TRUE(has(again, "try-restart hpe3pard.service")) << again;
}

TEST_F(InstalledPackage, UpgradeAndReinstallationKeepWhatWasChanged) {
  const std::string changed = "HPE3PARD_OPTIONS=\"--log-level debug\"\n";
  write_file(root_.at(kDefaults), changed);
  write_file(root_.at(kConfig), "[DEFAULT]\n");
  fs::copy_file(with_version(base->package, "0.1.1", scratch_ / "next"), root_.at("/tmp/next.deb"));
  for (const auto& [package, expected] : {std::pair{"/tmp/next.deb", "0.1.1 installed"},
                                          {"/tmp/next.deb", "0.1.1 installed"},
                                          {kPackage, HPE3PAR_VERSION " installed"}}) {
    ok({"dpkg", "-i", package});
    EXPECT_EQ(version(), expected);
    EXPECT_EQ(read_file(root_.at(kDefaults)), changed);
    EXPECT_EQ(read_file(root_.at(kConfig)), "[DEFAULT]\n");
  }
  ok({"dpkg", "-r", "hpe3pard"});
  ok({"dpkg", "-i", kPackage});
  EXPECT_EQ(read_file(root_.at(kDefaults)), changed);
  EXPECT_FALSE(fs::is_symlink(root_.at("/etc/systemd/system/hpe3pard.service"))) << "a mask";
}

}  // namespace
}  // namespace hpe3par::test
