#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "hpe3par/base/error.h"
#include "hpe3par/config/config.h"

namespace hpe3par::config {
namespace {

const std::string kBase =
    "[DEFAULT]\n"
    "hpedockerplugin_driver = loop\n"
    "hpe3par_api_url = https://10.0.0.1:8080/api/v1\n"
    "hpe3par_username = 3paradm\n"
    "hpe3par_password = TOPSECRET\n"
    "hpe3par_cpg = cpg1\n"
    "loop_dir = /var/tmp/arrays/A\n";
const std::string kPeer =
    "replication_device = backend_id:B,\n"
    "  replication_mode:asynchronous,\n"
    "  cpg_map:cpg1:r1,\n"
    "  hpe3par_api_url:https://10.0.0.2:8080/api/v1,\n"
    "  hpe3par_username:3paradm,\n"
    "  loop_dir:/var/tmp/arrays/B,\n"
    "  hpe3par_password:TOPSECRET,\n";

// Everything that is said about a file.
std::string said_about(const std::string& text) {
  std::string said;
  const auto warn = [&](const std::string& warning) { said += warning + "\n"; };
  try {
    said += describe(parse_config(text, "hpe.conf", warn));
  } catch (const Error& error) {
    said += error.what();
  }
  return said;
}

void expect_silence(const std::string& text) {
  const std::string said = said_about(text);
  EXPECT_FALSE(said.empty());
  for (const char* token : {"TOPSECRET", "topsecret"})
    EXPECT_EQ(said.find(token), std::string::npos) << text << "\nsays\n" << said;
}

// Behind the password of a section.
const std::vector<std::string> kLines = {
    "TOPSECRET",
    "TOPSECRET==",
    "TOPSECRET:rest",
    "  TOPSECRET",
    "  TOPSECRET:rest",
    "  topsecret = rest",
    "[TOPSECRET = x]",
    "[x] hpe3par_password = TOPSECRET",
    "hpe3par_password =\nTOPSECRET==",
    "hpe3par_password =\n  TOPSECRET",
    "hpe3par_password:abc,\nTOPSECRET:rest,",
    "hpe3par_password:abc,\ntopsecret:rest,",
    "hpe3par_password = 'TOPSECRET",
    "hpe3par_password = \"TOPSECRET$$\"",
    "hpe3par_passwrd = TOPSECRET",
    "hpe3par_passwrd TOPSECRET",
    "hpe3par_passwrd TOPSECRET:x",
    "hpe3par_password TOPSECRET",
    "HPE3PAR_PASSWORD = TOPSECRET",
    "hpe3par_password_file = TOPSECRET",
    "san_passwd = TOPSECRET",
    "san_password = abc,\nTOPSECRET:x",
    "hpe3par_username = 3paradm TOPSECRET",
    "hpe3par_username = 3paradm,TOPSECRET",
    "hpe3par_username = 3paradm/ hpe3par_password = TOPSECRET",
    "hpe3par_username = 3paradm san_passwd:TOPSECRET",
    "hpe3par_username = 3paradm:TOPSECRET",
    "hpe3par_username = 3paradm:TOPSECRET\nhpe3par_api_url = http://10.0.0.1/api/v1",
    "hpe3par_username = 3paradm\n  hpe3par_password = TOPSECRET",
    "hpe3par_cpg = cpg1\n  hpe3par_password = TOPSECRET",
    "hpe3par_cpg = cpg1,\n  hpe3par_passwd = TOPSECRET",
    "hpe3par_cpg = cpg1,\n  TOPSECRET!",
    "hpe3par_cpg =\n  TOPSECRET!",
    "hpe3par_cpg = cpg1 hpe3par_passwd = TOPSECRET",
    "hpe3par_cpg = cpg1,x:TOPSECRET",
    "hpe3par_snapcpg = cpg1,\n  login=TOPSECRET",
    "hpe3par_iscsi_ips = 10.0.0.3,\n  TOPSECRET!",
    "hpe3par_iscsi_ips = 10.0.0.3,\n  hpe3par_passwd = TOPSECRET",
    "hpe3par_iscsi_ips = user:TOPSECRET@10.0.0.3",
    "host_etcd_ip_address = 10.0.0.3,\n  TOPSECRET:x",
    "san_login = x san_password = TOPSECRET",
    "hpe3par_api_url = https://admin:TOPSECRET@10.0.0.1/api/v1",
    "hpe3par_api_url = https://admin:TOPSECRET/10.0.0.1/api/v1",
    "hpe3par_api_url = admin:TOPSECRET/10.0.0.1/api/v1",
    "hpe3par_api_url = https://10.0.0.1/api/v1?password=TOPSECRET",
    "hpe3par_api_url = https://10.0.0.1/api/v1?a&TOPSECRET",
    "hpe3par_api_url = https://10.0.0.1/api/v1 hpe3par_password = TOPSECRET",
    "hpe3par_api_url = https://10.0.0.1/api/v1, hpe3par_password:TOPSECRET",
    "loop_dir = /x hpe3par_password = TOPSECRET",
    "loop_dir = /x hpe3par_passwd:TOPSECRET",
    "loop_dir = /x my_pw:TOPSECRET",
    "hpe3par_ca_file = /x hpe3par_passwrd = TOPSECRET",
    "hpe3par_password_file = /x san_password = TOPSECRET",
    "local_site = north password = TOPSECRET",
    "metrics_listen = user:TOPSECRET@localhost:1",
    "wsapi_sessions = 4 hpe3par_password = TOPSECRET",
    "wsapi_sessions = 4 x = TOPSECRET",
    "host_name = node1, hpe3par_password:TOPSECRET",
    "hpe3par_tls_pin = hpe3par_password = TOPSECRET",
    "chap_password = TOPSECRET$$",
};

// In a replication_device, behind the password.
const std::vector<std::string> kPairs = {
    "TOPSECRET",
    "TOPSECRET:rest,",
    "topsecret:rest,",
    "TOPSECRET==",
    "[TOPSECRET]",
    "\nTOPSECRET:x",
    "hpe3par_password:abc,\n  TOPSECRET:rest,",
    "hpe3par_password:abc,TOPSECRET:rest,",
    "hpe3par_password:abc,topsecret:rest,",
    "hpe3par_password:abc, TOPSECRET=",
    "hpe3par_password:\n  TOPSECRET==",
    "hpe3par_password:TOPSECRET$$",
    "san_password:abc,\n  TOPSECRET:x",
    "backend_id:B hpe3par_passwrd:TOPSECRET",
    "backend_id:B TOPSECRET:x",
    "backend_id:B,TOPSECRET",
    "backend_id:B! x:TOPSECRET",
    "hpe3par_username:3paradm san_passwd:TOPSECRET",
    "hpe3par_username:3paradm TOPSECRET",
    "hpe3par_username:3paradm,TOPSECRET",
    "hpe3par_username:3paradm,\n  TOPSECRET",
    "hpe3par_username:3paradm,\n  TOPSECRET:x",
    "hpe3par_username:3paradm:TOPSECRET",
    "hpe3par_api_url:https://admin:TOPSECRET/10.0.0.2/api/v1",
    "hpe3par_api_url:https://10.0.0.2/api/v1 my_pw:TOPSECRET",
    "hpe3par_api_url:https://10.0.0.2/api/v1,TOPSECRET",
    "cpg_map:cpg1:r1 TOPSECRET!",
    "cpg_map:cpg1:r1\n  TOPSECRET!",
    "cpg_map:cpg1:r1\n  hpe3par_passwrd:TOPSECRET",
    "cpg_map:cpg1:r1,\n  TOPSECRET:rest",
    "cpg_map:cpg1:r1 hpe3par_passwrd:TOPSECRET",
    "cpg_map:cpg1:r1 passwd:TOPSECRET!",
    "hpe3par_iscsi_ips:10.0.0.3;TOPSECRET!x=",
    "hpe3par_iscsi_ips:10.0.0.3,\n  TOPSECRET!",
    "hpe3par_iscsi_ips:10.0.0.3,TOPSECRET:x",
    "san_login:x hpe3par_passwrd:TOPSECRET",
    "san_ip:10.0.0.2 TOPSECRET:x",
    "loop_dir:/B hpe3par_passwd:TOPSECRET",
    "loop_dir:/B x:TOPSECRET",
    "hpe3par_ca_file:/x TOPSECRET=x",
    "hpe3par_password_file:TOPSECRET,hpe3par_password:",
    "sync_period:900 hpe3par_passwrd:TOPSECRET",
    "sync_period:900,TOPSECRET",
    "hpe3par_debug:True hpe3par_passwrd:TOPSECRET",
    "hpe3par_cpg:r1 x:TOPSECRET",
    "hpe3par_tls_verify:true,TOPSECRET",
    "chap_password:TOPSECRET",
};

TEST(Secrets, AreNotShownWhereverTheyStandInASection) {
  for (const std::string& line : kLines) {
    expect_silence(kBase + line + "\n");
    expect_silence("[DEFAULT]\nhpe3par_password = TOPSECRET\n" + line + "\n" + kBase);
  }
}

TEST(Secrets, AreNotShownWhereverTheyStandInAReplicationDevice) {
  for (const std::string& pair : kPairs) {
    expect_silence(kBase + kPeer + "  " + pair + "\n");
    if (!pair.starts_with("topsecret")) expect_silence(kBase + kPeer + "replication_device = " + pair + "\n");
  }
}

// Elsewhere, a word of lower-case letters is shown as an unknown key.
TEST(Secrets, AreNotShownBelowAPasswordEvenIfTheyLookLikeAKey) {
  for (const std::string& key :
       std::vector<std::string>{"hpe3par_password =", "hpe3par_password = abc,", "san_password = abc"})
    for (const std::string& line :
         std::vector<std::string>{"topsecret=", "topsecret:rest,", "# comment\ntopsecret = x"})
      expect_silence("[DEFAULT]\n" + key + "\n" + line + "\n" + kBase);
  expect_silence(kBase + kPeer + "topsecret:rest\n");
  expect_silence(kBase + kPeer + "# comment\ntopsecret:rest\n");
}

TEST(Secrets, AreNotShownWhenALineBreakIsLost) {
  for (std::size_t at = kBase.find('\n', 12); at != std::string::npos; at = kBase.find('\n', at + 1))
    for (const char* glue : {"", " ", ", "}) expect_silence(std::string(kBase).replace(at, 1, glue) + kPeer);
  for (std::size_t at = kPeer.find('\n'); at != std::string::npos; at = kPeer.find('\n', at + 1))
    for (const char* glue : {"", " ", "\n\n", "\n"}) {
      expect_silence(kBase + std::string(kPeer).replace(at, 3, glue));
      if (at > 0) expect_silence(kBase + std::string(kPeer).replace(at - 1, 4, glue));
    }
}

TEST(Secrets, AreNotShownWhenALineIsMissingOrIndented) {
  const std::string text = kBase + kPeer;
  for (std::size_t begin = 0; begin < text.size(); begin = text.find('\n', begin) + 1) {
    const std::size_t size = text.find('\n', begin) + 1 - begin;
    expect_silence(std::string(text).erase(begin, size));
    expect_silence(std::string(text).insert(begin, "  "));
    expect_silence(std::string(text).insert(begin, "#"));
    if (text[begin] == ' ') expect_silence(std::string(text).erase(begin, 2));
  }
}

TEST(Secrets, AreNotShownWhenTheFileIsCutAnywhere) {
  const std::string text = kBase + kPeer;
  for (std::size_t at = 1; at < text.size(); ++at) {
    expect_silence(text.substr(0, at));
    expect_silence(std::string(text).insert(at, "\n"));
    expect_silence(std::string(text).insert(at, "\n  "));
    expect_silence(std::string(text).insert(at, " "));
    expect_silence(std::string(text).erase(at, 1));
  }
}

}  // namespace
}  // namespace hpe3par::config
