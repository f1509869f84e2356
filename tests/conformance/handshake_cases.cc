// C01 to C08: the handshake, and HTTP as the engine speaks it.
#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>

#include "cases.h"

namespace volconf {
namespace {

using nlohmann::json;

void activates(Trial& trial) {
  const Reply reply = trial.plugin().call_raw("Plugin.Activate", "");
  expect_ok(reply, "Implements has VolumeDriver");
  const json implements = reply.at("Implements");
  expect(std::count(implements.begin(), implements.end(), "VolumeDriver") == 1,
         reply.story() + "; right: Implements has VolumeDriver");
  if (!trial.options().has("--start-command") || !trial.options().has("--stop-command"))
    return trial.note("the start was not timed: needs --start-command and --stop-command");
  trial.stop();
  const auto began = std::chrono::steady_clock::now();
  trial.run("--start-command");
  const bool accepts = eventually(20, [&] { return accepts_connections(trial.plugin().socket()); });
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  expect(accepts && seconds < trial.limit(1),
         "started; " + std::to_string(seconds) + " s until the socket accepts; right: less than 1 s");
}

void expect_quick_capabilities(Trial& trial, const std::string& when) {
  std::vector<double> seconds;
  for (int i = 0; i < 1000; ++i) {
    const Reply reply = trial.plugin().call("Capabilities");
    expect_ok(reply, "a Scope");
    const json capabilities = reply.at("Capabilities");
    const json scope = capabilities.is_object() ? capabilities.value("Scope", json()) : json();
    expect(scope == "global" || scope == "local", when + ": " + reply.story() + "; right: Scope is global or local");
    seconds.push_back(reply.seconds);
  }
  std::sort(seconds.begin(), seconds.end());
  expect(seconds[990] < trial.limit(0.05), when + ": 1 % of 1,000 calls of Capabilities took more than " +
                                               std::to_string(seconds[990] * 1000) + " ms; right: 50 ms");
}

/// Mounts and unmounts a volume again and again for as long as it lives.
class MountLoop {
 public:
  explicit MountLoop(Trial& trial)
      : volume_(trial.new_volume()), thread_([this, &trial] {
          const std::string id = mount_id();
          while (!stop_) {
            trial.plugin().mount(volume_, id);
            trial.plugin().unmount(volume_, id);
          }
        }) {}
  ~MountLoop() {
    stop_ = true;
    thread_.join();
  }
  MountLoop(const MountLoop&) = delete;
  MountLoop& operator=(const MountLoop&) = delete;

 private:
  std::atomic<bool> stop_ = false;
  std::string volume_;
  std::thread thread_;
};

void capabilities_are_constant(Trial& trial) {
  expect_quick_capabilities(trial, "idle");
  if (trial.options().has("--propagated")) {
    const MountLoop loop(trial);
    expect_quick_capabilities(trial, "while a volume is mounted");
  } else {
    trial.note("without a Mount beside it: needs --propagated");
  }
  if (!trial.options().has("--backend-down-command"))
    return trial.note("needs --backend-down-command for its last part");
  trial.run("--backend-down-command");
  expect_quick_capabilities(trial, "backend down");
}

void content_types_do_not_matter(Trial& trial) {
  const std::vector<std::vector<std::string>> styles = {
      {},
      {"Accept: application/vnd.docker.plugins.v1.1+json"},
      {"Accept: application/vnd.docker.plugins.v1.2+json"},
      {"Accept: application/vnd.docker.plugins.v1.2+json", "Content-Type: application/json"}};
  const std::string name = trial.new_volume();
  const std::string body = json({{"Name", name}}).dump() + "\n";
  for (const auto& headers : styles) {
    const Reply reply = trial.plugin().call_raw("Get", body, {.method = "POST", .headers = headers});
    expect_ok(reply, "the same answer with " + (headers.empty() ? "no Accept" : headers.back()));
    expect(reply.volume().value("Name", json()) == name, reply.story() + "; right: the volume");
  }
}

void expect_alive(Trial& trial) {
  expect_ok(trial.plugin().call_raw("Plugin.Activate", ""), "the plugin is alive");
}

void unknown_methods_are_refused(Trial& trial) {
  const Reply reply = trial.plugin().call("Nope");
  expect(reply.status != 0 && reply.status != 200, reply.story() + "; right: a status that is not 200");
  expect_alive(trial);
}

void get_requests_are_refused(Trial& trial) {
  const Reply reply = trial.plugin().call_raw("List", "{}\n", {.method = "GET"});
  expect(reply.status != 0 && reply.status != 200,
         "as HTTP GET: " + reply.story() + "; right: a status that is not 200");
  expect_alive(trial);
}

/// A call on a connection that is kept as long as the server keeps it.
Response call_on(std::unique_ptr<Connection>& connection, const std::string& socket, const std::string& call) {
  if (!connection) connection = std::make_unique<Connection>(socket);
  connection->send(request_text(path_of(call), "{}\n"));
  Response response = connection->receive(limit_of(call));
  if (!response.stays_open) connection.reset();
  return response;
}

/// How long a connection stays open after an answer while nobody uses it; `most` if it does so at least that long.
double idle_limit(Connection& connection, double most) {
  const auto began = std::chrono::steady_clock::now();
  eventually(most, [&] { return connection.is_over(); });
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

/// Uses a connection once more that was idle for so long. @return what went wrong on the way; a connection that was
/// seen to be closed would not have been used
std::string reuse_after(double idle, const std::string& socket) {
  try {
    Connection connection(socket);
    connection.send(request_text(path_of("Capabilities"), "{}\n"));
    if (!connection.receive(limit_of("Capabilities")).stays_open) return "";
    std::this_thread::sleep_for(std::chrono::duration<double>(idle));
    if (connection.is_over()) return "";
    connection.send(request_text(path_of("Capabilities"), "{}\n"));
    connection.receive(limit_of("Capabilities"));
    return "";
  } catch (const WireError& error) {
    return error.what();
  }
}

// 1,000 connections, each used again at another moment of the tenth of a second around the limit.
void expect_no_race_at(double limit, const std::string& socket) {
  constexpr std::size_t kCalls = 1000;
  const auto replies = at_once(kCalls, [&](std::size_t i) {
    Reply reply;
    reply.failure = reuse_after(limit - 0.05 + 0.1 * static_cast<double>(i) / kCalls, socket);
    return reply;
  });
  const auto lost =
      std::count_if(replies.begin(), replies.end(), [](const Reply& each) { return !each.failure.empty(); });
  expect(lost == 0, "an idle connection is closed after " + std::to_string(limit) +
                        " s; of 1,000 calls on connections " + "that were idle for about so long and still open " +
                        std::to_string(lost) + " had no answer; right: Connection: close, or never closed when idle");
}

// A server that closes an idle connection loses the race against a request that is on its way, sooner or later: the
// engine then repeats that request without its body.
void idle_connections_are_safe(Trial& trial) {
  const std::string& socket = trial.plugin().socket();
  std::unique_ptr<Connection> connection;
  try {
    for (int i = 0; i < 1000; ++i) call_on(connection, socket, "Capabilities");
  } catch (const WireError& error) {
    fail(std::string("1,000 calls of Capabilities on connections that were left open: ") + error.what());
  }
  if (!connection) return;  // it says Connection: close
  const double shortest = trial.long_run() ? 60 : 6;
  // The engine never closes one, but nobody here waits for ever.
  const double most = trial.long_run() ? 100 : shortest;
  const double idle = idle_limit(*connection, most);
  expect(idle >= shortest, "an answer without Connection: close, and the idle connection was closed after " +
                               std::to_string(idle) + " s; right: Connection: close, or usable for 60 s");
  if (idle < most) expect_no_race_at(idle, socket);
}

void many_connections_are_served(Trial& trial) {
  const std::string name = trial.new_volume();
  const auto began = std::chrono::steady_clock::now();
  for (const Reply& reply : at_once(200, [&](std::size_t) { return trial.plugin().get(name); }))
    expect_ok(reply, "200 parallel calls are answered");
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  expect(seconds < trial.limit(5), "200 parallel calls of Get took " + std::to_string(seconds) + " s; right: 5 s");
  std::vector<std::unique_ptr<Connection>> idle;
  try {
    for (int i = 0; i < 500; ++i) idle.push_back(std::make_unique<Connection>(trial.plugin().socket()));
  } catch (const WireError& error) {
    fail("connection " + std::to_string(idle.size() + 1) + " of 500 idle ones: " + error.what());
  }
  const Reply reply = trial.plugin().get(name);
  expect_ok(reply, "an answer beside 500 idle connections");
  expect(reply.seconds < trial.limit(5), reply.story() + "; right: within 5 s beside 500 idle connections");
}

Reply send_in_parts(Trial& trial, const std::vector<std::string>& parts, const std::string& sent) {
  Reply reply;
  reply.sent = sent;
  try {
    const auto connection = std::make_unique<Connection>(trial.plugin().socket());
    for (const std::string& part : parts) {
      if (&part != &parts.front()) std::this_thread::sleep_for(std::chrono::seconds(1));
      connection->send(part);
    }
    reply = reply_of(sent, connection->receive(limit_of("Get")));
  } catch (const WireError& error) {
    reply.failure = error.what();
  }
  return reply;
}

void odd_bodies_are_answered(Trial& trial) {
  const std::string name = trial.new_volume();
  const std::string body = json({{"Name", name}}).dump() + "\n";
  const std::string request = request_text("/VolumeDriver.Get", body);
  const std::size_t middle = request.size() - body.size() / 2;
  expect_ok(
      send_in_parts(trial, {request.substr(0, middle), request.substr(middle)}, "Get in two parts, one second apart"),
      "the volume");
  const std::string head = "POST /VolumeDriver.Get HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  expect_clean_answer(send_in_parts(trial, {head + "5\r\n" + body.substr(0, 5) + "\r\n0\r\n\r\n"},
                                    "Get with half of the JSON in a chunked body"));
  const json large = {{"Name", name}, {"More", std::string(1U << 20U, 'x')}};
  expect_clean_answer(trial.plugin().call("Get", large));
  expect_alive(trial);
}

}  // namespace

std::vector<Case> handshake_cases() {
  return {
      {"C01", "Activate says VolumeDriver, and the socket is open within a second of the start", {}, activates},
      {"C02", "Capabilities is constant and quick, whatever else goes on", {}, capabilities_are_constant},
      {"C03", "Accept and Content-Type make no difference", {}, content_types_do_not_matter},
      {"C04", "an unknown method is refused", {}, unknown_methods_are_refused},
      {"C05", "GET instead of POST is refused", {}, get_requests_are_refused},
      {"C06", "connections are closed after the answer, or stay usable when idle", {}, idle_connections_are_safe},
      {"C07", "200 parallel calls and 500 idle connections starve nobody", {}, many_connections_are_served},
      {"C08", "split, large and chunked bodies get an answer", {}, odd_bodies_are_answered},
  };
}

}  // namespace volconf
