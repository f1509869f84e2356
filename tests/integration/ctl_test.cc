#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <thread>

#include "tests/integration/two_arrays.h"

namespace hpe3par::test {
namespace {

using nlohmann::json;
using Words = std::vector<std::string>;

/// hpe3parctl on the socket of a daemon. Keeps everything that it ever said.
class Ctl {
 public:
  Ctl(const TempDir& directory, std::string socket) : log_(directory / "ctl"), socket_(std::move(socket)) {}

  RunResult operator()(const Words& words) {
    Words argv = {program("hpe3parctl"), "--admin-socket", socket_};
    argv.insert(argv.end(), words.begin(), words.end());
    RunResult result = run(argv, log_);
    said += result.output + result.errors;
    return result;
  }
  /// The output of a command that is to succeed and has nothing to complain of.
  std::string text(const Words& words) {
    const RunResult result = (*this)(words);
    EXPECT_TRUE(result.ok()) << result.errors;
    EXPECT_EQ(result.errors, "");
    return result.output;
  }
  json as_json(Words words) {
    words.insert(words.begin(), {"-o", "json"});
    return json::parse((*this)(words).output, nullptr, false);
  }
  /// What stderr says of a command that is to fail, without the name of the program.
  std::string failure(const Words& words, int code) {
    const RunResult result = (*this)(words);
    EXPECT_EQ(result.status.code, code) << result.output << result.errors;
    EXPECT_TRUE(result.errors.starts_with("hpe3parctl: ")) << result.errors;
    return result.errors.substr(std::strlen("hpe3parctl: "));
  }

  std::string said;

 private:
  std::filesystem::path log_;
  std::string socket_;
};

struct CtlWorld : World {
  Ctl ctl{directory, daemon.admin_socket()};
};

TEST(Ctl, ShowsTheStatus) {
  CtlWorld world;
  const std::string table = world.ctl.text({"status"});
  EXPECT_TRUE(has(table, "\nstate            running\nmounted volumes  0\nclean-up         0\n\nARRAY")) << table;
  EXPECT_TRUE(has(table, "\nA      127.0.0.1:")) << table;
  EXPECT_TRUE(has(world.ctl.text({"status", "--no-header"}), "\n\nA  127.0.0.1:"));
  const json status = world.ctl.as_json({"status"});
  EXPECT_EQ(status, world.daemon.admin("/v1/status").json());
  EXPECT_EQ(status["pid"], world.daemon.process().pid());
  EXPECT_EQ(status["arrays"][0]["state"], "up");
}

TEST(Ctl, ListsBackends) {
  TwoArrays world;
  ASSERT_TRUE(world.both_are_up());
  Ctl ctl(world.directory, world.daemon->admin_socket());
  const std::string table = ctl.text({"backend", "ls"});
  EXPECT_TRUE(table.starts_with("NAME     DEFAULT  ARRAY  TRANSPORT  CPGS  STATE  SINCE")) << table;
  EXPECT_TRUE(has(table, "\nDEFAULT  yes      A      loop       cpg1  up     20")) << table;
  EXPECT_TRUE(has(table, "\nB1       no       B      loop       cpg1  up     20")) << table;
  const json backends = ctl.as_json({"backend", "ls"})["backends"];
  ASSERT_EQ(backends.size(), 2U);
  EXPECT_EQ(backends[1]["name"], "B1");
  EXPECT_EQ(backends[1]["cpgs"], json::array({"cpg1"}));
}

TEST(Ctl, ListsAndInspectsVolumes) {
  CtlWorld world;
  EXPECT_EQ(world.ctl.text({"volume", "ls", "--no-header"}), "");
  EXPECT_EQ(world.ctl.as_json({"volume", "ls"}), json({{"volumes", json::array()}, {"silent_arrays", json::array()}}));
  for (const char* name : {"web.data-1_x", "v2"}) ASSERT_EQ(world.daemon.create(name, kSmall), "");
  ASSERT_EQ(world.daemon.mount("web.data-1_x", "id1"), "");

  const std::string mountpoint = world.daemon.mount_dir() / "web.data-1_x";
  EXPECT_EQ(world.ctl.text({"volume", "ls"}),
            "NAME          SIZE   STATE      BACKEND  ARRAY  ARRAY VOLUME      MOUNTPOINT\n"
            "v2            1 GiB  available  DEFAULT  A      dcv-v2            -\n"
            "web.data-1_x  1 GiB  mounted    DEFAULT  A      dcv-web.data-1_x  " +
                mountpoint + "\n");
  EXPECT_EQ(world.ctl.text({"volume", "ls", "-q"}), "v2\nweb.data-1_x\n");

  const std::string details = world.ctl.text({"volume", "inspect", "web.data-1_x", "v2", "v2"});
  EXPECT_TRUE(has(details, "name            web.data-1_x\nstate           mounted\n")) << details;
  EXPECT_TRUE(
      has(details, "mount ids       id1\ndetach pending  no\n\nname            v2\nstate           available\n"));

  json expected = world.daemon.get("web.data-1_x").json["Volume"];
  const json volumes = world.ctl.as_json({"volume", "inspect", "web.data-1_x"})["volumes"];
  ASSERT_EQ(volumes.size(), 1U);
  for (const auto& [member, value] : expected["Status"].items()) EXPECT_EQ(volumes[0][member], value) << member;
  EXPECT_EQ(volumes[0]["name"], "web.data-1_x");
  EXPECT_EQ(volumes[0]["mountpoint"], mountpoint);
  EXPECT_EQ(volumes[0]["created"], expected["CreatedAt"]);
  EXPECT_EQ(world.ctl.as_json({"volume", "ls"})["volumes"][1], volumes[0]);

  EXPECT_EQ(world.daemon.unmount("web.data-1_x", "id1"), "");
  for (const char* name : {"web.data-1_x", "v2"}) EXPECT_EQ(world.daemon.remove(name), "");
  world.leaks.check();
}

TEST(Ctl, AVolumeThatIsNotThereIsAFailureAndTheOthersAreShown) {
  CtlWorld world;
  ASSERT_EQ(world.daemon.create("v1", kSmall), "");
  const RunResult result = world.ctl({"volume", "inspect", "nope", "v1", "../status", "a\x1b[2J"});
  EXPECT_EQ(result.status.code, 1);
  EXPECT_TRUE(result.output.starts_with("name            v1\n")) << result.output;
  const std::string refused =
      ": this volume name is not allowed; allowed: a letter or digit, then up to 254 letters, digits, '.', '_' or "
      "'-'\n";
  EXPECT_EQ(result.errors, "hpe3parctl: volume nope: there is no volume nope\nhpe3parctl: volume ../status" + refused +
                               "hpe3parctl: volume a?[2J" + refused);
  const RunResult none = world.ctl({"-o", "json", "volume", "inspect", "nope"});
  EXPECT_EQ(none.status.code, 1);
  EXPECT_EQ(json::parse(none.output), json({{"volumes", json::array()}}));
  EXPECT_EQ(world.daemon.remove("v1"), "");
}

// The name was made while the other array did not answer.
TEST(Ctl, ANameThatIsOnTwoArraysIsShownWithBothOfThem) {
  TwoArrays world;
  ASSERT_TRUE(world.both_are_up());
  Ctl ctl(world.directory, world.daemon->admin_socket());
  ASSERT_EQ(world.create("v1", "B1"), "");
  const json known = ctl.as_json({"volume", "inspect", "v1"})["volumes"][0];
  EXPECT_EQ(known["places"], json({{{"array", "B"}, {"backend", "B1"}, {"array_volume", "dcv-v1"}}}));
  const json twin = world.sim.administer("GET", "/volumes/dcv-v1", {}, "B");
  world.sim.administer("POST", "/volumes",
                       {{"name", "dcv-v1"}, {"cpg", "cpg1"}, {"sizeMiB", 1024}, {"comment", twin["comment"]}});
  ASSERT_TRUE(eventually(15s, [&] { return ctl.as_json({"volume", "ls"})["volumes"][0]["state"] == "ambiguous"; }));
  EXPECT_TRUE(ctl.text({"volume", "ls", "--no-header"}).starts_with("v1  1 GiB  ambiguous  DEFAULT,B1  A,B  dcv-v1"));
  const std::string details = ctl.text({"volume", "inspect", "v1"});
  EXPECT_TRUE(has(details, "last error      volume v1 exists on array 127.0.0.1:")) << details;
  EXPECT_TRUE(has(details, "(backend B1, array volume dcv-v1), so it is not known which one is meant")) << details;
  EXPECT_TRUE(has(world.daemon->remove("v1"), "volume v1 exists on array 127.0.0.1:"));
  world.sim.administer("DELETE", "/volumes/dcv-v1");
  EXPECT_TRUE(eventually(15s, [&] {
    return ctl.as_json({"volume", "inspect", "v1"})["volumes"][0]["state"] == "available";
  }));
  EXPECT_EQ(world.daemon->remove("v1"), "");
  world.leaks.check();
}

TEST(Ctl, ShowsWhatIsLeftToBeDoneWhileAnArrayIsDown) {
  TwoArrays world;
  ASSERT_TRUE(world.both_are_up());
  Ctl ctl(world.directory, world.daemon->admin_socket());
  ASSERT_EQ(world.create("v1", "DEFAULT"), "");
  ASSERT_EQ(world.create("v2", "B1"), "");
  ASSERT_EQ(world.daemon->mount("v2", "id1"), "");
  EXPECT_EQ(ctl.text({"cleanup", "ls"}), "VOLUME  GROUP  ARRAY  TASK  STATE  SINCE  LAST ERROR\n");

  world.sim.set_array_state("B", "mgmt_down");
  EXPECT_EQ(world.daemon->unmount("v2", "id1"), "");
  ASSERT_TRUE(world.wait_until("B1", "unreachable"));
  const std::string table = ctl.text({"cleanup", "ls", "--no-header"});
  EXPECT_TRUE(table.starts_with("v2  -  B  unmount  unexporting  20")) << table;
  EXPECT_TRUE(has(table, "cannot remove the export of volume dcv-v2")) << table;
  const json work = ctl.as_json({"cleanup", "ls"})["clean_up"];
  ASSERT_EQ(work.size(), 1U);
  EXPECT_EQ(work[0]["task"], "unmount");
  EXPECT_EQ(work[0]["array"], "B");
  EXPECT_TRUE(has(ctl.text({"status"}), "clean-up         1, see hpe3parctl cleanup ls\n"));
  EXPECT_TRUE(has(ctl.text({"status"}), "unreachable"));

  const RunResult list = ctl({"volume", "ls"});
  EXPECT_TRUE(list.ok());
  EXPECT_TRUE(has(list.output, "\nv1    1 GiB  available")) << list.output;
  EXPECT_TRUE(has(list.output, "\nv2    1 GiB  detaching")) << list.output;
  EXPECT_TRUE(list.errors.starts_with("hpe3parctl: array B is unreachable since 20")) << list.errors;
  EXPECT_TRUE(list.errors.ends_with("; its volumes are shown as last seen\n")) << list.errors;
  const json silent = ctl.as_json({"volume", "ls"})["silent_arrays"];
  ASSERT_EQ(silent.size(), 1U);
  EXPECT_EQ(silent[0]["name"], "B");
  EXPECT_TRUE(has(ctl.failure({"volume", "inspect", "unknown"}, 1), "cannot tell whether volume unknown exists"));

  world.sim.set_array_state("B", "up");
  EXPECT_TRUE(eventually(30s, [&] { return ctl.as_json({"cleanup", "ls"})["clean_up"].empty(); }));
  for (const char* name : {"v1", "v2"}) EXPECT_EQ(world.daemon->remove(name), "");
  EXPECT_FALSE(has(ctl.said, world.sim.options().password));
  world.leaks.check();
}

TEST(Ctl, AnswersWithinTwoSecondsWhenAnArrayHangs) {
  CtlWorld world;
  ASSERT_EQ(world.daemon.create("v1", kSmall), "");
  world.sim.set_array_state("A", "hang");
  for (const Words& words : {Words{"status"}, Words{"backend", "ls"}, Words{"volume", "ls"},
                             Words{"volume", "inspect", "v1"}, Words{"cleanup", "ls"}}) {
    const auto began = std::chrono::steady_clock::now();
    EXPECT_TRUE(world.ctl(words).ok());
    EXPECT_LT(std::chrono::steady_clock::now() - began, 3s) << words[0];
  }
  world.sim.set_array_state("A", "up");
  EXPECT_TRUE(eventually(30s, [&] { return world.daemon.remove("v1").empty(); }));
}

TEST(Ctl, TellsThatTheDaemonIsNotThereAndWhy) {
  CtlWorld world;
  const std::string socket = world.daemon.admin_socket();
  world.daemon.kill9();
  EXPECT_EQ(world.ctl.failure({"status"}, 3), "nobody listens on " + socket + "; is hpe3pard running?\n");
  EXPECT_EQ(world.ctl.failure({"volume", "inspect", "a", "b"}, 3),
            "nobody listens on " + socket + "; is hpe3pard running?\n");
  std::filesystem::remove(socket);
  EXPECT_EQ(world.ctl.failure({"volume", "ls"}, 3),
            "there is no socket " + socket + "; is hpe3pard running, with this --admin-socket?\n");
  const std::string conf = world.daemon.config_file();
  EXPECT_EQ(world.ctl.failure({"--admin-socket", conf, "status"}, 3), conf + " is not a socket\n");
  EXPECT_EQ(world.ctl.failure({"--admin-socket", "", "status"}, 2), "--admin-socket: the path is empty\n");
  EXPECT_EQ(world.ctl.failure({"--admin-socket", "/" + std::string(150, 'x'), "status"}, 2),
            "--admin-socket: a path of 151 bytes is too long for a socket; allowed: 1 to 107\n");
}

TEST(Ctl, OnlyRootMayUseTheSocket) {
  CtlWorld world;
  struct stat status {};
  ASSERT_EQ(stat(world.daemon.admin_socket().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST(Ctl, TheSocketAnswersEveryRequestWithASentence) {
  CtlWorld world;
  const std::string known = "; there are /v1/status";
  const std::vector<std::tuple<std::string, int, std::string>> requests = {
      {"/v1/a%0Ab", 404, "there is no /v1/a?b" + known},
      {"/v1/volumes/a%0Ab", 400, "this volume name is not allowed"},
      {"/" + std::string(9'000, 'x'), 414, "the path is longer than 8192 bytes"},
      {"/" + std::string(20'000, 'x'), 413, "the header of the request is larger than 16384 bytes"}};
  for (const auto& [path, status, sentence] : requests) {
    const auto reply = world.daemon.admin(path);
    EXPECT_EQ(reply.status, status) << sentence;
    EXPECT_TRUE(has(reply.json()["error"]["message"], sentence)) << reply.json();
  }
}

TEST(Ctl, BadUsageSaysWhatIsAllowed) {
  TempDir directory;
  Ctl ctl(directory, "/nowhere");
  EXPECT_EQ(ctl.failure({"-o", "yaml", "status"}, 2), "--output: 'yaml' is not allowed; allowed: table, json\n");
  EXPECT_EQ(ctl.failure({"volumes"}, 2), "there is no command volumes; allowed: status, backend, volume, cleanup\n");
  EXPECT_EQ(ctl.failure({}, 2), "a command is missing behind hpe3parctl; allowed: status, backend, volume, cleanup\n");
  EXPECT_EQ(ctl.failure({"volume", "inspect"}, 2), "hpe3parctl volume inspect needs the name of a volume\n");
}

TEST(Ctl, AWrongConfigurationIsShownByTheStatusAndRefusesTheRest) {
  CtlWorld world;
  Backend wrong = Backend::of(world.sim);
  wrong.lines = {"nonsense = 1"};
  world.daemon.stop();
  world.daemon.configure("h1", {wrong});
  world.daemon.start();
  const std::string table = world.ctl.text({"status"});
  EXPECT_TRUE(has(table, "state    configuration error\nreason   ")) << table;
  EXPECT_TRUE(has(table, "unknown key nonsense")) << table;
  for (const Words& words :
       {Words{"backend", "ls"}, Words{"volume", "ls"}, Words{"volume", "inspect", "v1"}, Words{"cleanup", "ls"}}) {
    const std::string error = world.ctl.failure(words, 1);
    EXPECT_TRUE(has(error, "unknown key nonsense")) << error;
    EXPECT_TRUE(has(error, "; correct it and restart hpe3pard\n")) << error;
  }
  EXPECT_FALSE(has(world.ctl.said, world.sim.options().password));
}

/// Something else that listens on a unix socket: sends `answer` to everybody and hangs up, after a while.
class Impostor {
 public:
  Impostor(const std::filesystem::path& path, std::string answer, std::chrono::seconds hang = 0s)
      : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)), answer_(std::move(answer)), hang_(hang) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    EXPECT_EQ(bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    listen(fd_, 5);
    thread_ = std::thread([this] { serve(); });
  }
  ~Impostor() {
    shutdown(fd_, SHUT_RDWR);
    thread_.join();
    close(fd_);
  }
  Impostor(const Impostor&) = delete;
  Impostor& operator=(const Impostor&) = delete;

 private:
  void serve() {
    for (int peer = -1; (peer = accept(fd_, nullptr, nullptr)) >= 0; close(peer)) {
      std::array<char, 4096> request{};
      if (recv(peer, request.data(), request.size(), 0) > 0) send(peer, answer_.data(), answer_.size(), MSG_NOSIGNAL);
      std::this_thread::sleep_for(hang_);
    }
  }

  int fd_;
  std::string answer_;
  std::chrono::seconds hang_;
  std::thread thread_;
};

std::string http(const std::string& body, const std::string& status = "200 OK") {
  return "HTTP/1.1 " + status + "\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

TEST(Ctl, AnAnswerThatMakesNoSenseIsAFailure) {
  const std::vector<std::pair<std::string, std::string>> answers = {
      {"SSH-2.0-OpenSSH_9.2\r\n", "Received HTTP/0.9 when not allowed"},
      {http("<html>"), "HTTP status 200, and no JSON object"},
      {http("[]"), "HTTP status 200, and no JSON object"},
      {http("{}"), "no list arrays"},
      {http(R"({"arrays":[1]})"), "a list arrays of something else"},
      {http(R"({"arrays":[{"name":1}]})"), "a list arrays of something else"},
      {http(R"({"arrays":[],"clean_up":{}})"), "no list clean_up"},
      {http(R"({"arrays":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}"), "HTTP status 200, and no"},
      {http(R"({"Err":"no"})", "405 Method Not Allowed"), "HTTP status 405"},
      {http(R"({"error":"no"})", "404 Not Found"), "HTTP status 404"},
  };
  for (const auto& [answer, what] : answers) {
    TempDir directory;
    const Impostor impostor(directory / "x.sock", answer);
    Ctl ctl(directory, directory / "x.sock");
    const std::string error = ctl.failure({"status"}, 1);
    EXPECT_TRUE(has(error, "makes no sense (" + what)) << error;
    EXPECT_TRUE(has(error, "; is it hpe3pard, of this version, that listens there?")) << error;
  }
}

TEST(Ctl, AVolumeHasTheNameThatWasAskedForAndAListIsOne) {
  const std::vector<std::tuple<std::string, Words, std::string>> answers = {
      {"{}", {"volume", "inspect", "v1"}, "volume v1: the answer from "},
      {R"({"name":"v2"})", {"volume", "inspect", "v1"}, "not the volume that was asked for"},
      {R"({"name":1})", {"volume", "inspect", "v1"}, "not the volume that was asked for"},
      {R"({"volumes":[{}],"silent_arrays":[]})", {"volume", "ls"}, "a list volumes of something else"},
      {R"({"volumes":[]})", {"volume", "ls"}, "no list silent_arrays"},
      {R"({"volumes":[],"silent_arrays":"B"})", {"volume", "ls", "-q"}, "no list silent_arrays"},
      {R"({"volumes":[],"silent_arrays":["B"]})", {"volume", "ls"}, "a list silent_arrays of something else"},
      {R"({"backends":[{"name":[]}]})", {"backend", "ls"}, "a list backends of something else"},
      {R"({"clean_up":[null]})", {"cleanup", "ls"}, "a list clean_up of something else"},
  };
  for (const auto& [answer, words, what] : answers) {
    TempDir directory;
    const Impostor impostor(directory / "x.sock", http(answer));
    Ctl ctl(directory, directory / "x.sock");
    const std::string error = ctl.failure(words, 1);
    EXPECT_TRUE(has(error, what)) << error;
    EXPECT_TRUE(has(error, " makes no sense (")) << error;
  }
}

TEST(Ctl, ADaemonThatEndsDuringARequestIsNotThere) {
  TempDir directory;
  const Impostor impostor(directory / "x.sock", "");
  Ctl ctl(directory, directory / "x.sock");
  for (const Words& words : {Words{"status"}, Words{"volume", "inspect", "a", "b"}})
    EXPECT_EQ(ctl.failure(words, 3), "hpe3pard ended the connection without an answer; is it restarting?\n");
}

TEST(Ctl, AnAnswerThatIsCutOffIsNoAnswer) {
  const std::string whole = http(R"({"arrays":[],"clean_up":[]})");
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1c\r\n{\"arrays\":[";
  for (const std::string& answer : {whole.substr(0, whole.size() - 1), whole.substr(0, whole.size() - 20), chunked}) {
    TempDir directory;
    const Impostor impostor(directory / "x.sock", answer);
    Ctl ctl(directory, directory / "x.sock");
    EXPECT_EQ(ctl.failure({"status"}, 3),
              "hpe3pard ended the connection in the middle of its answer; is it restarting?\n");
  }
}

TEST(Ctl, ABrokenPipeIsQuietAndAFullDiskIsNot) {
  CtlWorld world;
  const std::string command =
      program("hpe3parctl").string() + " --admin-socket " + world.daemon.admin_socket().string() + " status";
  const RunResult pipe =
      run({"bash", "-c", "{ sleep 0.3; " + command + "; } | true; exit ${PIPESTATUS[0]}"}, world.directory / "pipe");
  EXPECT_EQ(pipe.errors, "");
  EXPECT_EQ(pipe.status.code, 1);
  const RunResult full = run({"bash", "-c", command + " > /dev/full"}, world.directory / "full");
  EXPECT_EQ(full.status.code, 1);
  EXPECT_EQ(full.errors, "hpe3parctl: cannot write the answer: No space left on device\n");
}

TEST(Ctl, WarningsAreSaidAlthoughNobodyReadsTheRest) {
  TempDir directory;
  const Impostor impostor(directory / "x.sock",
                          http(R"({"volumes":[{"name":"v1"}],"silent_arrays":[{"name":"B","state":"up"}]})"));
  const std::string command = program("hpe3parctl").string() + " --admin-socket " + (directory / "x.sock").string();
  const RunResult pipe = run({"bash", "-c", "{ sleep 0.3; " + command + " volume ls; } | true; exit ${PIPESTATUS[0]}"},
                             directory / "pipe");
  EXPECT_EQ(pipe.errors, "hpe3parctl: array B could not be listed; its volumes are shown as last seen\n");
  EXPECT_EQ(pipe.status.code, 1);
}

TEST(Ctl, GivesUpADaemonThatHangsWhenItsPatienceEnds) {
  TempDir directory;
  const Impostor impostor(directory / "x.sock", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", 3s);
  Ctl ctl(directory, directory / "x.sock");
  const std::string error = ctl.failure({"--patience", "1", "status"}, 3);
  EXPECT_TRUE(has(error, "no answer from ")) << error;
  EXPECT_TRUE(has(error, " within 1 seconds; does hpe3pard hang?")) << error;
}

/// The long options in the help of a program.
Words long_options(const std::string& help) {
  Words options;
  for (std::size_t at = help.find("--"); at != std::string::npos; at = help.find("--", at + 2)) {
    const std::size_t end = help.find_first_not_of("abcdefghijklmnopqrstuvwxyz-", at);
    if (help.substr(0, at).find_last_of("\n ,") + 1 == at && end > at + 2) options.push_back(help.substr(at, end - at));
  }
  return options;
}

TEST(Ctl, EveryProgramHasAManPageThatGroffTakesWithEveryOption) {
  TempDir directory;
  for (const std::string name : {"hpe3parctl", "hpe3pard", "wsapi-sim"}) {
    const std::string page = run({program(name), "--generate", "man"}, directory / name).output;
    const Words options = long_options(run({program(name), "--help"}, directory / "help").output);
    EXPECT_GE(options.size(), 5U) << name;
    for (std::string option : options) {
      for (std::size_t at = 0; (at = option.find('-', at)) != std::string::npos; at += 2) option.insert(at, "\\");
      EXPECT_TRUE(has(page, option)) << name << " " << option;
    }
    write_file(directory / (name + ".man"), page);
    const RunResult groff =
        run({"groff", "-man", "-ww", "-Tascii", "-z", directory / (name + ".man")}, directory / "g");
    EXPECT_TRUE(groff.ok());
    EXPECT_EQ(groff.errors, "") << name;
  }
}

TEST(Ctl, CompletionAsksTheDaemonForVolumes) {
  CtlWorld world;
  for (const char* name : {"web.data", "web-2", "other"}) ASSERT_EQ(world.daemon.create(name, kSmall), "");
  const std::string ctl = program("hpe3parctl");
  const std::string completion = run({ctl, "--generate", "bash-completion"}, world.directory / "generate").output;
  write_file(world.directory / "completion", completion);
  const RunResult result =
      run({"bash", "-c",
           "set -u; source " + (world.directory / "completion").string() + "; COMP_WORDS=(" + ctl + " --admin-socket " +
               world.daemon.admin_socket().string() + " volume inspect web); COMP_CWORD=5; _hpe3parctl " + ctl +
               "; printf '%s ' \"${COMPREPLY[@]}\""},
          world.directory / "complete");
  EXPECT_EQ(result.output, "web-2 web.data ");
  EXPECT_EQ(result.errors, "");
  for (const char* name : {"web.data", "web-2", "other"}) EXPECT_EQ(world.daemon.remove(name), "");
}

}  // namespace
}  // namespace hpe3par::test
