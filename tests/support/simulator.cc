#include "hpe3par_test/simulator.h"

#include <stdexcept>
#include <utility>

#include "hpe3par_test/http_call.h"
#include "hpe3par_test/leak_check.h"

namespace hpe3par::test {
namespace {

namespace fs = std::filesystem;

std::string local(int port) {
  return "127.0.0.1:" + std::to_string(port);
}

void add_links(const std::vector<std::string>& arrays, std::vector<std::string>& argv) {
  for (auto first = arrays.begin(); first != arrays.end(); ++first) {
    for (auto second = first + 1; second != arrays.end(); ++second) {
      argv.insert(argv.end(), {"--link", *first + "," + *second});
    }
  }
}

/// @throws std::runtime_error the answer is anything but 2xx
HttpReply ask(const HttpCall& call) {
  HttpReply reply = http_call(call);
  if (reply.status < 200 || reply.status > 299) {
    throw std::runtime_error("wsapi-sim: " + call.method + " " + call.url + ": " + std::to_string(reply.status) + " " +
                             reply.failure + reply.body);
  }
  return reply;
}

}  // namespace

Simulator::Simulator(const fs::path& directory, SimulatorOptions options)
    : options_(std::move(options)), data_(directory / "arrays") {
  // A port that was free a moment ago can be taken by now, so there is more than one attempt.
  constexpr int kAttempts = 3;
  fs::create_directories(directory);
  for (int attempt = 1; attempt <= kAttempts; ++attempt) {
    start(directory);
    if (process_->wait_for_line("ready", std::chrono::seconds(20))) return;
    process_->stop();
  }
  throw std::runtime_error("wsapi-sim did not become ready:\n" + last_lines(process_->errors(), 20));
}

Simulator::~Simulator() {
  process_->stop();
  detach_loop_devices_below(data_);
}

void Simulator::start(const fs::path& directory) {
  std::vector<std::string> argv = {program("wsapi-sim"), "--user",     options_.user, "--password",
                                   options_.password,    "--data-dir", data_};
  for (const auto& array : options_.arrays) {
    ports_[array] = free_port();
    argv.insert(argv.end(), {"--array", array + "=" + local(ports_[array])});
  }
  add_links(options_.arrays, argv);
  control_port_ = free_port();
  argv.insert(argv.end(), {"--control", local(control_port_)});
  argv.insert(argv.end(), options_.arguments.begin(), options_.arguments.end());
  process_ = std::make_unique<Process>(argv, directory / "wsapi-sim");
}

std::string Simulator::url(const std::string& array) const {
  return "http://" + local(ports_.at(array)) + "/api/v1";
}

fs::path Simulator::loop_dir(const std::string& array) const {
  return data_ / array;
}

nlohmann::json Simulator::control(const std::string& method, const std::string& path, const nlohmann::json& body) {
  HttpCall call;
  call.method = method;
  call.url = "http://" + local(control_port_) + path;
  if (!body.is_null()) call.body = body.dump();
  return ask(call).json();
}

nlohmann::json Simulator::administer(const std::string& method, const std::string& path, const nlohmann::json& body,
                                     const std::string& array) {
  HttpCall login;
  login.method = "POST";
  login.url = url(array) + "/credentials";
  login.body = nlohmann::json{{"user", options_.user}, {"password", options_.password}}.dump();
  const std::string key = ask(login).json().at("key");
  HttpCall call;
  call.method = method;
  call.url = url(array) + path;
  call.headers = {"X-HP3PAR-WSAPI-SessionKey: " + key};
  if (!body.is_null()) call.body = body.dump();
  const HttpReply reply = ask(call);
  HttpCall logout = call;
  logout.method = "DELETE";
  logout.url = login.url + "/" + key;
  logout.body.clear();
  ask(logout);
  return reply.json();
}

nlohmann::json Simulator::stats() {
  return control("GET", "/stats");
}

void Simulator::reset_stats() {
  control("POST", "/stats/reset");
}

nlohmann::json Simulator::objects() {
  return control("GET", "/objects");
}

std::map<std::string, std::int64_t> Simulator::requests(const std::string& array) {
  const auto all = stats();
  std::map<std::string, std::int64_t> result;
  for (const auto& entry : all.at("arrays").at(array).at("requests")) {
    const auto route = entry.at("route").get<std::string>();
    if (route.starts_with("/api/v1/credentials")) continue;
    result[entry.at("method").get<std::string>() + " " + route] += entry.at("count").get<std::int64_t>();
  }
  return result;
}

void Simulator::fault(const nlohmann::json& fault) {
  control("POST", "/faults", fault);
}

void Simulator::clear_faults() {
  control("DELETE", "/faults");
}

void Simulator::set_array_state(const std::string& array, const std::string& state) {
  control("POST", "/arrays/" + array, {{"state", state}});
}

void Simulator::host_logged_in(const std::string& array, const std::string& host, bool logged_in) {
  control("POST", "/hosts/" + array + "/" + host, {{"logged_in", logged_in}});
}

void Simulator::advance_clock(std::chrono::seconds by) {
  control("POST", "/clock", {{"advance_s", by.count()}});
}

}  // namespace hpe3par::test
