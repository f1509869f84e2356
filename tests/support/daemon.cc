#include "hpe3par_test/daemon.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "hpe3par_test/eventually.h"
#include "hpe3par_test/simulator.h"

namespace hpe3par::test {
namespace {

namespace fs = std::filesystem;

void write_backend(std::ostream& out, const Backend& backend) {
  out << "hpedockerplugin_driver = loop\n"
      << "hpe3par_api_url = " << backend.api_url << "\n"
      << "hpe3par_username = " << backend.user << "\n"
      << "hpe3par_password = " << backend.password << "\n"
      << "hpe3par_cpg = " << backend.cpg << "\n"
      << "san_ip = 127.0.0.1\n"
      << "san_login = " << backend.user << "\n"
      << "san_password = " << backend.password << "\n"
      << "loop_dir = " << backend.loop_dir.string() << "\n";
  for (const auto& line : backend.lines) out << line << "\n";
}

/// host_name belongs into [DEFAULT], whether a backend of that name exists or not.
std::string config_text(const std::string& host_name, const std::vector<Backend>& backends) {
  std::ostringstream out;
  out << "[DEFAULT]\n";
  if (!host_name.empty()) out << "host_name = " << host_name << "\n";
  for (const auto& backend : backends) {
    if (backend.section == "DEFAULT") write_backend(out, backend);
  }
  for (const auto& backend : backends) {
    if (backend.section == "DEFAULT") continue;
    out << "\n[" << backend.section << "]\n";
    write_backend(out, backend);
  }
  return out.str();
}

std::string method_path(const std::string& method) {
  return "http://plugin/" + (method.find('.') == std::string::npos ? "VolumeDriver." + method : method);
}

std::string err_of(const HttpReply& reply, const nlohmann::json& json) {
  if (reply.status == 0) return "no answer: " + reply.failure;
  if (!json.is_object()) return "HTTP " + std::to_string(reply.status) + " without a JSON object: " + reply.body;
  auto err = json.value("Err", std::string());
  if (err.empty() && reply.status != 200) err = "HTTP " + std::to_string(reply.status) + " without Err";
  return err;
}

}  // namespace

void write_config(const fs::path& file, const std::string& host_name, const std::vector<Backend>& backends) {
  write_file(file, config_text(host_name, backends));
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
}

Backend Backend::of(const Simulator& simulator, const std::string& array) {
  Backend backend;
  backend.api_url = simulator.url(array);
  backend.user = simulator.options().user;
  backend.password = simulator.options().password;
  backend.loop_dir = simulator.loop_dir(array);
  return backend;
}

Daemon::Daemon(fs::path directory, DaemonOptions options)
    : directory_(std::move(directory)), options_(std::move(options)) {
  if (options_.socket.empty()) options_.socket = directory_ / "hpe.sock";
  fs::create_directories(directory_);
  fs::create_directories(options_.socket.parent_path());
  configure(options_.host_name, options_.backends);
  start();
}

Daemon::~Daemon() {
  process_->stop();
  if (testing::Test::HasFailure()) {
    std::fprintf(stderr, "---- end of the log of hpe3pard ----\n%s\n----\n", last_lines(log(), 60).c_str());
  }
}

void Daemon::configure(const std::string& host_name, const std::vector<Backend>& backends) {
  write_config(config_file(), host_name, backends);
}

void Daemon::start(const Environment& environment) {
  std::vector<std::string> argv = {program("hpe3pard"), "--config",     config_file(), "--socket",  options_.socket,
                                   "--admin-socket",    admin_socket(), "--state-dir", state_dir(), "--mount-dir",
                                   mount_dir(),         "--log-level",  "debug"};
  argv.insert(argv.begin(), options_.launcher.begin(), options_.launcher.end());
  argv.insert(argv.end(), options_.arguments.begin(), options_.arguments.end());
  Environment all = options_.environment;
  for (const auto& [name, value] : environment) all[name] = value;
  process_ = std::make_unique<Process>(argv, directory_ / "hpe3pard", all);
  if (!options_.wait_until_ready) return;
  const bool accepted = eventually(std::chrono::seconds(20),
                                   [this] { return !process_->running() || accepts_connections(options_.socket); });
  if (accepted && process_->running()) return;
  if (all.contains("HPE3PARD_CRASH_AT") && !process_->running()) return;  // it came there before it was looked at
  const auto status = process_->stop();
  throw std::runtime_error("hpe3pard did not open its socket (" + to_string(status) + "):\n" +
                           last_lines(process_->errors(), 30));
}

ExitStatus Daemon::stop() {
  return process_->stop();
}

void Daemon::kill9() {
  process_->kill9();
}

void Daemon::restart(const Environment& environment) {
  stop();
  start(environment);
}

std::string Daemon::log() const {
  return read_file(directory_ / "hpe3pard.err");
}

DriverReply Daemon::call(const std::string& method, const nlohmann::json& body,
                         std::chrono::milliseconds timeout) const {
  return call_raw(method, body.dump() + "\n", timeout);
}

DriverReply Daemon::call_raw(const std::string& method, const std::string& body,
                             std::chrono::milliseconds timeout) const {
  HttpCall call;
  call.method = "POST";
  call.url = method_path(method);
  call.unix_socket = options_.socket;
  call.body = body;
  call.headers = {"Accept: application/vnd.docker.plugins.v1.2+json"};
  call.timeout = timeout;
  const auto http = http_call(call);
  DriverReply reply;
  reply.status = http.status;
  reply.json = http.json();
  reply.err = err_of(http, reply.json);
  reply.elapsed = http.elapsed;
  return reply;
}

std::string Daemon::create(const std::string& name, const DriverOptions& options) const {
  return call("Create", {{"Name", name}, {"Opts", options}}).err;
}

std::string Daemon::remove(const std::string& name) const {
  return call("Remove", {{"Name", name}}).err;
}

std::string Daemon::mount(const std::string& name, const std::string& id) const {
  const auto reply = call("Mount", {{"Name", name}, {"ID", id}});
  if (reply.ok() && reply.json.value("Mountpoint", std::string()).empty()) return "success without a Mountpoint";
  return reply.err;
}

std::string Daemon::unmount(const std::string& name, const std::string& id) const {
  return call("Unmount", {{"Name", name}, {"ID", id}}).err;
}

std::optional<fs::path> Daemon::path(const std::string& name) const {
  const auto reply = call("Path", {{"Name", name}});
  const auto mountpoint = reply.ok() ? reply.json.value("Mountpoint", std::string()) : std::string();
  if (mountpoint.empty()) return std::nullopt;
  return mountpoint;
}

DriverReply Daemon::get(const std::string& name) const {
  return call("Get", {{"Name", name}});
}

std::vector<std::string> Daemon::list() const {
  const auto reply = call("List");
  EXPECT_EQ(reply.err, "");
  std::vector<std::string> names;
  if (!reply.ok() || !reply.json.contains("Volumes")) return names;
  for (const auto& volume : reply.json["Volumes"]) names.push_back(volume.at("Name").get<std::string>());
  std::sort(names.begin(), names.end());
  return names;
}

HttpReply Daemon::admin(const std::string& path) const {
  HttpCall call;
  call.url = "http://admin" + path;
  call.unix_socket = admin_socket();
  return http_call(call);
}

}  // namespace hpe3par::test
