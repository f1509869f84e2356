#include "control.h"

#include "hpe3par/base/error.h"
#include "simulator_fixture.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

using ControlTest = SimulatorTest;

TEST_F(ControlTest, CountsRequestsPerArray) {
  login();
  array("GET", "/api/v1/volumes/v1");
  const json arrays = send("GET", "/stats").at("arrays");
  EXPECT_EQ(arrays.at("A").at("total"), 2);
  EXPECT_EQ(arrays.at("A").at("sessions_open"), 1);
  EXPECT_EQ(arrays.at("A").at("sessions_peak"), 1);
  EXPECT_EQ(arrays.at("A").at("concurrency_peak"), 1);
  EXPECT_EQ(arrays.at("B").at("total"), 0);
  send("POST", "/stats/reset");
  EXPECT_EQ(send("GET", "/stats").at("arrays").at("A").at("total"), 0);
}

TEST_F(ControlTest, InjectsFaultsAndClearsThem) {
  send("POST", "/faults",
       {{"array", "A"},
        {"kind", "error"},
        {"method", "GET"},
        {"route", "/api"},
        {"status", 503},
        {"code", 1},
        {"count", 0}});
  EXPECT_EQ(array("GET", "/api").status, 503);
  send("DELETE", "/faults");
  EXPECT_EQ(array("GET", "/api").status, 200);
  EXPECT_EQ(send("GET", "/stats").at("arrays").at("A").at("faults_fired"), 1);
}

TEST_F(ControlTest, TellsWhatAFaultOfOneNameStruckAndClearsItAlone) {
  login();
  for (const char* name : {"v1", "v2"})
    send("POST", "/faults", {{"array", "A"}, {"kind", "error"}, {"name", name}, {"skip", 1}, {"count", 0}});
  EXPECT_EQ(array("GET", "/api/v1/volumes/v1").status, 404);
  EXPECT_EQ(array("GET", "/api/v1/vluns?query=%22volumeName%20EQ%20v1%22").status, 500);
  EXPECT_EQ(array("POST", "/api/v1/volumes", {{"name", "v1"}, {"cpg", "cpg1"}, {"sizeMiB", 256}}).status, 500);
  EXPECT_EQ(send("GET", "/faults").at("arrays").at("A"),
            json::parse(R"([{"kind":"error","name":"v1","hits":["GET /api/v1/vluns","POST /api/v1/volumes"]},
                            {"kind":"error","name":"v2","hits":[]}])"));
  send("DELETE", "/faults", {{"name", "v1"}});
  EXPECT_EQ(array("GET", "/api/v1/volumes/v1").status, 404);
  EXPECT_EQ(send("GET", "/faults").at("arrays").at("A").size(), 1U);
}

TEST_F(ControlTest, AnswersNonsenseBeforeOrAfterTheEffect) {
  login();
  const auto create = [&](const std::string& name, json fault) {
    fault["array"] = "A";
    fault["name"] = name;
    send("POST", "/faults", fault);
    return array("POST", "/api/v1/volumes", {{"name", name}, {"cpg", "cpg1"}, {"sizeMiB", 256}});
  };
  const Reply page = create("v1", {{"kind", "html"}});
  EXPECT_EQ(page.status, 200);
  EXPECT_NE(page.head.find("Content-Type: text/html"), std::string::npos) << page.head;
  EXPECT_TRUE(page.text.starts_with("<!DOCTYPE html>"));
  EXPECT_EQ(create("v2", {{"kind", "html_after"}, {"status", 403}}).status, 403);
  EXPECT_EQ(create("v3", {{"kind", "empty"}}).text, "");
  EXPECT_EQ(create("v4", {{"kind", "empty_after"}}).head.find("Location"), std::string::npos);
  EXPECT_EQ(create("v5", {{"kind", "wrong_shape"}, {"body", "[]"}}).text, "[]");
  EXPECT_EQ(create("v6", {{"kind", "wrong_shape_after"}}).status, 201);
  for (const auto& [name, status] :
       std::map<std::string, int>{{"v1", 404}, {"v2", 200}, {"v3", 404}, {"v4", 200}, {"v5", 404}, {"v6", 200}})
    EXPECT_EQ(array("GET", "/api/v1/volumes/" + name).status, status) << name;
}

TEST_F(ControlTest, AHangTakesEffectWhenAskedToAndEndsWithItsFault) {
  login();
  send("POST", "/faults", {{"array", "A"}, {"kind", "hang_after"}, {"method", "POST"}});
  RawClient client(simulator_.port_of("A"));
  const std::string body = json{{"name", "v1"}, {"cpg", "cpg1"}, {"sizeMiB", 256}}.dump();
  client.send("POST /api/v1/volumes HTTP/1.1\r\nHost: sim\r\nX-HP3PAR-WSAPI-SessionKey: " + key_ +
              "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  const auto hit = [&] { return !send("GET", "/faults").at("arrays").at("A").at(0).at("hits").empty(); };
  for (int i = 0; i < 500 && !hit(); ++i) std::this_thread::sleep_for(Millis(10));
  ASSERT_TRUE(hit());
  send("DELETE", "/faults");
  EXPECT_EQ(client.receive(), "");
  EXPECT_EQ(client.error(), ECONNRESET);
  EXPECT_EQ(array("GET", "/api/v1/volumes/v1").status, 200);
}

TEST_F(ControlTest, AnArrayDiesOfARequestBeforeOrAfterTheEffect) {
  for (const auto& [kind, wanted] : {std::pair("die", 404), std::pair("die_after", 200)}) {
    login();
    send("POST", "/faults", {{"array", "A"}, {"kind", kind}, {"method", "POST"}, {"route", "/api/v1/volumes"}});
    EXPECT_EQ(array("POST", "/api/v1/volumes", {{"name", "v1"}, {"cpg", "cpg1"}, {"sizeMiB", 256}}).status, 0);
    EXPECT_EQ(RawClient(simulator_.port_of("A")).error(), ECONNREFUSED);
    EXPECT_EQ(send("GET", "/faults").at("arrays").at("A").at(0).at("hits"), json::parse(R"(["POST /api/v1/volumes"])"));
    send("DELETE", "/faults");
    send("POST", "/arrays/A", {{"state", "up"}});
    EXPECT_EQ(array("GET", "/api/v1/volumes/v1").status, 403) << "its sessions are gone";
    login();
    EXPECT_EQ(array("GET", "/api/v1/volumes/v1").status, wanted) << kind;
  }
}

TEST_F(ControlTest, NamesWhatItAllows) {
  EXPECT_EQ(error(400, "POST", "/faults", {{"array", "A"}, {"kind", "explode"}}),
            "kind must be one of: error, error_after, latency, reset, reset_after, hang, hang_after, garbage, html, "
            "html_after, empty, empty_after, wrong_shape, wrong_shape_after, die, die_after");
  EXPECT_EQ(
      error(400, "POST", "/faults", {{"array", "A"}, {"kid", "error"}}),
      "member 'kid' is unknown; known are: array, method, route, kind, status, code, delay_ms, count, skip, name, "
      "body");
  EXPECT_EQ(error(400, "POST", "/faults", {{"kind", "error"}}), "array is missing");
  EXPECT_EQ(error(400, "POST", "/faults", {{"array", "A"}, {"kind", "latency"}}), "a latency needs delay_ms");
  EXPECT_EQ(error(400, "POST", "/faults", {{"array", "A"}, {"kind", "error"}, {"count", "1"}}),
            "count must be an integer from 0 to 2147483647");
  EXPECT_EQ(error(400, "POST", "/arrays/A", {{"state", "off"}}), "state must be one of: up, down, mgmt_down, hang");
  EXPECT_EQ(error(400, "POST", "/behaviour", {{"failover", "x"}}), "failover must be one of: classic, mirrored");
  EXPECT_EQ(error(400, "POST", "/clock", {{"advance_s", -1}}), "advance_s must be an integer from 0 to 316224000");
  EXPECT_EQ(error(400, "POST", "/clock"), "the body must be a JSON object with members of: advance_s");
  EXPECT_EQ(error(404, "POST", "/arrays/Z", {{"state", "up"}}), "there is no array 'Z'");
  EXPECT_EQ(error(404, "POST", "/hosts/A/h1", {{"logged_in", true}}), "array A has no host 'h1'");
  EXPECT_EQ(error(404, "POST", "/links/A,C", {{"state", "up"}}), "there is no link 'A,C'");
  EXPECT_EQ(error(404, "GET", "/nix"), "there is no /nix on the control port");
  EXPECT_EQ(error(405, "PUT", "/stats"), "PUT is not for /stats");
}

TEST_F(ControlTest, TakesSitesDownAndBringsThemBack) {
  login();
  array("POST", "/api/v1/volumes", {{"name", "v1"}, {"cpg", "cpg1"}, {"sizeMiB", 256}});
  array("POST", "/api/v1/hosts", {{"name", "h1"}, {"iSCSINames", {"iqn.2026-01.hpe3par.loop:h1"}}});
  array("POST", "/api/v1/vluns", {{"volumeName", "v1"}, {"hostname", "h1"}, {"lun", 0}});
  const std::filesystem::path exported = directory_.path() / "A" / "exports" / "h1";
  send("POST", "/arrays/A", {{"state", "mgmt_down"}});
  EXPECT_EQ(RawClient(simulator_.port_of("A")).error(), ECONNREFUSED);
  EXPECT_TRUE(std::filesystem::exists(exported));
  send("POST", "/arrays/A", {{"state", "down"}});
  EXPECT_EQ(RawClient(simulator_.port_of("A")).error(), ECONNREFUSED);
  EXPECT_FALSE(std::filesystem::exists(exported));
  EXPECT_EQ(send("GET", "/objects").at("arrays").at("A").at("vluns").size(), 1U);
  send("POST", "/arrays/A", {{"state", "up"}});
  EXPECT_TRUE(std::filesystem::exists(exported));
  login();
  EXPECT_EQ(array("GET", "/api/v1/volumes/v1").status, 200);
}

TEST_F(ControlTest, LogsHostsInAndOut) {
  login();
  array("POST", "/api/v1/hosts", {{"name", "h1"}, {"iSCSINames", {"iqn.1994-05.com.redhat:h1"}}});
  EXPECT_EQ(array("GET", "/api/v1/hosts/h1").body.at("iSCSIPaths").at(0).at("IPAddr"), "0.0.0.0");
  send("POST", "/hosts/A/h1", {{"logged_in", true}});
  EXPECT_EQ(array("GET", "/api/v1/hosts/h1").body.at("iSCSIPaths").at(0).at("IPAddr"), "127.0.0.1");
}

TEST_F(ControlTest, MovesTheClockOfAllArrays) {
  login();
  send("POST", "/clock", {{"advance_s", 900}});
  EXPECT_EQ(array("GET", "/api/v1/system").body.at("code"), 6);
}

TEST_F(ControlTest, KeepsSwitchesForReplication) {
  send("POST", "/links/B,A", {{"state", "down"}});
  send("POST", "/quorum", {{"state", "down"}});
  send("POST", "/behaviour", {{"failover", "mirrored"}, {"sync_mib_per_s", 10}});
  EXPECT_TRUE(simulator_.behaviour().mirrored_failover);
  EXPECT_EQ(simulator_.behaviour().sync_mib_per_s, 10);
  send("POST", "/reset");
  EXPECT_FALSE(simulator_.behaviour().mirrored_failover);
}

TEST_F(ControlTest, ListsWhatExists) {
  const json objects = send("GET", "/objects").at("arrays").at("B");
  for (const char* kind : {"volumes", "snapshots", "volumesets", "hosts", "vluns", "remotecopygroups", "objectkeys"})
    EXPECT_EQ(objects.at(kind), json::array()) << kind;
  EXPECT_EQ(objects.at("cpgs").size(), 2U);
  EXPECT_EQ(send("GET", "/invariants"), json::parse(R"({"writable_twice":[],"exported_secondaries":[]})"));
}

TEST_F(ControlTest, KeepsDataDirectoriesApart) {
  EXPECT_THROW(Simulator(options(directory_.path())), Error);
}

TEST_F(ControlTest, RefusesToPlayCertificatesWithoutTls) {
  EXPECT_EQ(error(400, "POST", "/behaviour", {{"certificate", "expired"}}), "certificate and tls_max need --tls");
  EXPECT_NE(error(400, "POST", "/behaviour", {{"certificate", "blue"}}).find("wrong_name"), std::string::npos);
  EXPECT_EQ(send("GET", "/stats").at("arrays").at("A").at("tls_resumed"), 0);
}

}  // namespace
}  // namespace hpe3par::sim
