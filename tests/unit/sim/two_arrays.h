#pragma once

#include <fstream>

#include "simulator_fixture.h"

namespace hpe3par::sim {

/// Arrays A and B with what remote copy needs: group `g` of A, its other end peer(), and volume v1 in it.
class TwoArrays : public SimulatorTest {
 protected:
  static constexpr int kTakeoverSeconds = 300;  ///< as much as a slow machine may need until it looks

  TwoArrays() {
    for (const char* name : {"A", "B"}) sign_in(name);
    peer_ = "g.r" + get("A", "system").at("id").dump();
  }

  void sign_in(const std::string& name) {
    keys_[name] = exchange(simulator_.port_of(name), "POST", "/api/v1/credentials", R"({"user":"u","password":"p"})")
                      .body.at("key");
  }

  Reply ask(const std::string& name, const std::string& method, const std::string& path,
            const nlohmann::json& body = nullptr) {
    return exchange(simulator_.port_of(name), method, "/api/v1/" + path, body.is_null() ? "" : body.dump(),
                    keys_[name]);
  }

  nlohmann::json get(const std::string& name, const std::string& path) {
    const Reply reply = ask(name, "GET", path);
    EXPECT_EQ(reply.status, 200) << path << reply.text;
    return reply.body;
  }

  /// "403/215", or just "200" when nothing was refused.
  std::string result(const std::string& name, const std::string& method, const std::string& path,
                     const nlohmann::json& body = nullptr) {
    const Reply reply = ask(name, method, path, body);
    const std::string status = std::to_string(reply.status);
    return reply.status < 300 ? status : status + "/" + reply.body.at("code").dump();
  }

  std::string put(const nlohmann::json& body) { return result("A", "PUT", "remotecopygroups/g", body); }
  std::string act(const std::string& name, int action, nlohmann::json options = nlohmann::json::object()) {
    options["action"] = action;
    const bool put = action <= 5;
    return result(name, put ? "PUT" : "POST", "remotecopygroups/" + end_on(name), options);
  }
  std::string end_on(const std::string& name) const { return name == "A" ? "g" : peer_; }
  const std::string& peer() const { return peer_; }

  void add_volume(const std::string& volume = "v1") {
    EXPECT_EQ(result("A", "POST", "volumes", {{"name", volume}, {"cpg", "cpg1"}, {"sizeMiB", 256}, {"tpvv", true}}),
              "201");
  }
  std::string add_group(int mode) {
    return result("A", "POST", "remotecopygroups",
                  {{"name", "g"},
                   {"localUserCPG", "cpg1"},
                   {"targets", {{{"targetName", "B"}, {"mode", mode}, {"userCPG", "cpg2"}}}}});
  }
  std::string admit(const std::string& volume = "v1", nlohmann::json more = {{"volumeAutoCreation", true}}) {
    more.update(
        {{"action", 1}, {"volumeName", volume}, {"targets", {{{"targetName", "B"}, {"secVolumeName", volume}}}}});
    return put(more);
  }
  void set_policies(const nlohmann::json& policies) {
    EXPECT_EQ(put({{"targets", {{{"policies", policies}}}}}), "200");
  }

  void set_period(int seconds) { EXPECT_EQ(put({{"targets", {{{"syncPeriod", seconds}}}}}), "200"); }

  /// The group with v1 in it, started and synced.
  void replicate(int mode, const nlohmann::json& policies = nullptr) {
    add_volume();
    ASSERT_EQ(add_group(mode), "201");
    ASSERT_EQ(admit(), "200");
    if (mode == 2) set_period(900);
    if (!policies.is_null()) set_policies(policies);
    write("A", "new");
    ASSERT_EQ(act("A", 3), "200");
    advance(1);
    ASSERT_EQ(states(), "1f3 2f3");
    ASSERT_EQ(statuses(), "3 3");
  }

  void advance(int seconds) { send("POST", "/clock", {{"advance_s", seconds}}); }
  void set_array(const std::string& name, const std::string& state) {
    send("POST", "/arrays/" + name, {{"state", state}});
    if (state == "up") sign_in(name);
  }
  void set_links(const std::string& state) { send("POST", "/links/A,B", {{"state", state}}); }
  void set_link(int number, const std::string& state) {
    send("POST", "/links/A,B", {{"state", state}, {"link", number}});
  }
  void set_witness(const std::string& state) { send("POST", "/quorum", {{"state", state}}); }
  void set_witness_of(const std::string& name, const std::string& state) {
    send("POST", "/quorum", {{"state", state}, {"array", name}});
  }
  /// The array lives, but reaches neither the other one nor the witness.
  void isolate(const std::string& name) {
    set_witness_of(name, "down");
    set_links("down");
  }

  /// Also of an array that is down.
  /// Past the moment at which a witness has judged.
  void let_witness_judge() { advance(kTakeoverSeconds); }

  nlohmann::json group_on(const std::string& name) {
    return send("GET", "/objects").at("arrays").at(name).at("remotecopygroups").at(0);
  }
  std::string state_on(const std::string& name) {
    const nlohmann::json group = group_on(name);
    const nlohmann::json& target = group.at("targets").at(0);
    return group.at("role").dump() + (target.at("roleReversed") == true ? "t" : "f") + target.at("state").dump();
  }
  std::string states() { return state_on("A") + " " + state_on("B"); }
  std::string status_on(const std::string& name) {
    return group_on(name).at("volumes").at(0).at("remoteVolumes").at(0).at("syncStatus").dump();
  }
  std::string statuses() { return status_on("A") + " " + status_on("B"); }

  std::filesystem::path file(const std::string& name, const std::string& volume = "v1") {
    const nlohmann::json volumes = send("GET", "/objects").at("arrays").at(name).at("volumes");
    for (const nlohmann::json& object : volumes)
      if (object.at("name") == volume)
        return directory_.path() / name / "volumes" / object.at("wwn").get<std::string>();
    return {};
  }
  void write(const std::string& name, const std::string& text) {
    std::fstream(file(name), std::ios::in | std::ios::out) << text;
  }
  std::string read(const std::string& name) {
    std::string text(3, ' ');
    std::ifstream(file(name)).read(text.data(), 3);
    return text[0] == '\0' ? "" : text;
  }
  bool are_one_file() { return std::filesystem::equivalent(file("A"), file("B")); }

  void export_on(const std::string& name, const std::string& expected = "201") {
    ask(name, "POST", "hosts", {{"name", "h1"}, {"iSCSINames", {"iqn.2026-01.hpe3par.loop:h1"}}});
    EXPECT_EQ(result(name, "POST", "vluns", {{"volumeName", "v1"}, {"hostname", "h1"}, {"lun", 0}}), expected);
  }
  std::filesystem::path export_file(const std::string& name) {
    return directory_.path() / name / "exports" / "h1" / file(name).filename();
  }
  bool sees(const std::string& name) { return std::filesystem::exists(export_file(name)); }

 private:
  std::map<std::string, std::string> keys_;
  std::string peer_;
};

}  // namespace hpe3par::sim
