#include "rig.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <sstream>

#include "hpe3par_test/eventually.h"
#include "hpe3par_test/http_call.h"
#include "hpe3par_test/leak_check.h"

namespace hpe3par::test {
namespace {

using namespace std::chrono_literals;

constexpr const char* kPassword = "conf-Secret-42";

std::string local(int port) {
  return "127.0.0.1:" + std::to_string(port);
}

/// "C09 not run  needs …" in its parts.
void add_line(Report& report, const std::string& line) {
  if (line.size() < 12 || line[0] != 'C' || line[3] != ' ') return;
  const std::string id = line.substr(0, 3), word = line.substr(4, 8);
  report.outcomes[id] = word.substr(0, word.find_last_not_of(' ') + 1);
  report.texts[id] = line.substr(12);
}

}  // namespace

std::vector<std::string> Report::with(const std::string& outcome) const {
  std::vector<std::string> ids;
  for (const auto& [id, word] : outcomes) {
    if (word == outcome) ids.push_back(id);
  }
  return ids;
}

Report run_volconf(const std::vector<std::string>& arguments, const TempDir& directory,
                   std::chrono::milliseconds timeout) {
  std::vector<std::string> argv = {program("volconf")};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  Report report;
  report.result = test::run(argv, directory / "volconf", timeout);
  std::istringstream lines(report.result.output);
  for (std::string line; std::getline(lines, line);) add_line(report, line);
  return report;
}

Rig::Rig()
    : array_port_(free_port()),
      control_port_(free_port()),
      simulator_({program("wsapi-sim"), "--array", "A=" + local(array_port_), "--control", local(control_port_),
                  "--user", "3paradm", "--password", kPassword, "--data-dir", directory_ / "arrays"},
                 directory_ / "sim") {
  EXPECT_TRUE(simulator_.wait_for_line("ready", 20s)) << simulator_.errors();
  write_config();
  EXPECT_TRUE(test::run(script("start"), directory_ / "start").ok());
  EXPECT_TRUE(eventually(20s, [&] { return is_up(); })) << read_file(directory_ / "hpe3pard.log");
}

Rig::~Rig() {
  test::run(script("stop"), directory_ / "stop");
  if (testing::Test::HasFailure()) {
    std::fprintf(stderr, "---- end of the log of hpe3pard ----\n%s\n----\n",
                 last_lines(read_file(directory_ / "hpe3pard.log"), 60).c_str());
  }
  EXPECT_EQ(mounts_below({directory_.path()}), std::vector<std::string>{});
  EXPECT_EQ(loop_devices_below({directory_.path()}), std::vector<std::string>{});
  unmount_below(directory_.path());
  detach_loop_devices_below(directory_.path());
}

void Rig::write_config() const {
  const auto file = directory_ / "hpe.conf";
  write_file(file, "[DEFAULT]\nhost_name = h1\nhpedockerplugin_driver = loop\nhpe3par_api_url = http://" +
                       local(array_port_) + "/api/v1\nhpe3par_username = 3paradm\nhpe3par_password = " + kPassword +
                       "\nhpe3par_cpg = cpg1\nloop_dir = " + (directory_ / "arrays/A").string() + "\n");
  std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

std::vector<std::string> Rig::script(const std::string& action) const {
  return {"sh", HPE3PAR_PLUGIN_SCRIPT, directory_.path(), program("hpe3pard"), action};
}

std::string Rig::command(const std::string& action) const {
  std::string text;
  for (const std::string& word : script(action)) text += word + " ";
  return text;
}

bool Rig::is_up() const {
  HttpCall call;
  call.url = "http://admin/v1/status";
  call.unix_socket = directory_ / "admin.sock";
  const auto status = http_call(call).json();
  return status.is_object() && status.contains("arrays") && status["arrays"][0]["state"] == "up";
}

std::string Rig::control(const std::string& method, const std::string& path, const std::string& body) const {
  return "curl -sf -o /dev/null -X " + method + " http://" + local(control_port_) + path +
         (body.empty() ? "" : " -d '" + body + "'");
}

Report Rig::run(const std::string& cases, const std::string& outage) {
  const std::vector<std::string> arguments = {
      "--only=" + cases,
      "--slack=4",
      "--socket=" + (directory_ / "hpe.sock").string(),
      "--propagated=" + (directory_ / "mnt").string(),
      "--opts=size=1",
      "--other-opts=size=2",
      "--help-option=help",
      "--owner-option=fsOwner",
      "--mode-option=fsMode",
      "--log=" + (directory_ / "hpe3pard.log").string(),
      std::string("--secret=") + kPassword,
      "--start-command=" + command("start"),
      "--stop-command=" + command("stop"),
      "--crash-command=" + command("crash"),
      "--inventory-command=" + command("inventory"),
      "--backend-down-command=" + control("POST", "/arrays/A", R"({"state":")" + outage + "\"}"),
      "--backend-slow-command=" +
          control("POST", "/faults", R"({"array":"A","kind":"latency","delay_ms":1500,"count":0})"),
      "--attach-fails-command=" +
          control("POST", "/faults",
                  R"({"array":"A","method":"POST","route":"/api/v1/vluns","kind":"error","count":0})"),
      "--backend-up-command=" + control("DELETE", "/faults", "") + " && " +
          control("POST", "/arrays/A", R"({"state":"up"})")};
  return run_volconf(arguments, directory_);
}

}  // namespace hpe3par::test
