#include "hpe3par/config/config.h"

#include <gtest/gtest.h>

#include "hpe3par/base/error.h"

namespace hpe3par::config {
namespace {

const std::string kOld =
    "[DEFAULT]\n"
    "ssh_hosts_key_file = /root/.ssh/known_hosts\n"
    "host_etcd_ip_address = 10.0.0.9\n"
    "host_etcd_port_number = 2379\n"
    "logging = DEBUG\n"
    "hpe3par_debug = False\n"
    "suppress_requests_ssl_warnings = True\n"
    "hpedockerplugin_driver = hpedockerplugin.hpe.hpe_3par_iscsi.HPE3PARISCSIDriver\n"
    "hpe3par_api_url = https://10.0.0.1:8080/api/v1\n"
    "hpe3par_username = 3paradm\n"
    "hpe3par_password = 3par ;data\n"
    "san_ip = 10.0.0.1\n"
    "san_login = 3paradm\n"
    "san_password = 3pardata\n"
    "hpe3par_cpg = FC_r6, SSD_r6\n"
    "hpe3par_iscsi_ips = 10.0.0.2,10.0.0.3:3260\n";

std::string message_of(const std::string& text) {
  try {
    parse_config(text, "hpe.conf");
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

std::string with_line(const std::string& line) {
  return kOld + line + "\n";
}

TEST(Config, AnOldFileIsUnderstoodUnchanged) {
  const Config config = parse_config(kOld, "hpe.conf");
  const BackendConfig& backend = config.default_backend();
  EXPECT_EQ(backend.transport, Transport::iscsi);
  EXPECT_EQ(backend.array, "10.0.0.1:8080");
  EXPECT_EQ(backend.password.reveal(), "3par ;data");
  EXPECT_EQ(backend.cpgs, (std::vector<std::string>{"FC_r6", "SSD_r6"}));
  EXPECT_EQ(backend.snap_cpgs, backend.cpgs);
}

TEST(Config, KeysWithoutMeaningWarnOnceEach) {
  const Config config = parse_config(kOld, "hpe.conf");
  ASSERT_FALSE(config.warnings.empty());
  EXPECT_EQ(config.warnings[0],
            "hpe.conf:2: ssh_hosts_key_file has no effect: everything is done over WSAPI, SSH is not used");
}

TEST(Config, ThePasswordIsNeverDescribed) {
  const std::string text = describe(parse_config(kOld, "hpe.conf"));
  EXPECT_EQ(text.find("3par ;data"), std::string::npos);
  EXPECT_NE(text.find("hpe3par_password = ***"), std::string::npos);
}

TEST(Config, BadLinesAreNamedWithWhatIsAllowed) {
  EXPECT_EQ(message_of(with_line("hpe3par_cpgs = x")),
            "hpe.conf:17: unknown key hpe3par_cpgs; did you mean hpe3par_cpg?");
  EXPECT_EQ(message_of(with_line("wsapi_sessions = 0")),
            "hpe.conf:17: wsapi_sessions = 0 is not allowed; allowed: a whole number from 1 to 64");
  EXPECT_EQ(message_of(with_line("mount_conflict_policy = kill")),
            "hpe.conf:17: mount_conflict_policy = kill is not allowed; allowed: dead, always, refuse");
  EXPECT_EQ(message_of(with_line("hpe3par_tls_verify = perhaps")),
            "hpe.conf:17: hpe3par_tls_verify = perhaps is not allowed; allowed: true or false");
  EXPECT_EQ(message_of(with_line("hpe3par_api_url = 10.0.0.1")),
            "hpe.conf:17: hpe3par_api_url = 10.0.0.1 is not allowed; allowed: https://HOST:PORT/api/v1");
  EXPECT_EQ(message_of(with_line("hpe3par_username =")),
            "hpe.conf:17: section [DEFAULT] needs a value for hpe3par_username");
  EXPECT_EQ(message_of(with_line("[B]\nhost_name = x")),
            "hpe.conf:18: host_name holds for the whole host and must stand in [DEFAULT], not in [B]");
  EXPECT_EQ(message_of(""), "hpe.conf:1: there is no section; at least [DEFAULT] is needed");
}

TEST(Config, WhatIsMissingIsReportedWhereItsSectionBegins) {
  EXPECT_EQ(message_of(with_line("[B]\nhpe3par_cpg = c")),
            "hpe.conf:17: section [B] needs a value for hpedockerplugin_driver");
}

TEST(Config, AMessageIsOneShortLineOfUtf8) {
  EXPECT_EQ(message_of(with_line("[gr\xF6\xDF]\nhost_name = x")),
            "hpe.conf:18: host_name holds for the whole host and must stand in [DEFAULT], not in [gr??]");
  EXPECT_LT(message_of(with_line("[" + std::string(5000, 'x') + "]\nhost_name = x")).size(), 1024U);
}

TEST(Config, WarningsHaveTheirLine) {
  const Config config = parse_config(with_line("hpe3par_tls_verify = no"), "hpe.conf");
  EXPECT_TRUE(config.warnings.back().starts_with("hpe.conf:17: hpe3par_tls_verify = false, so anybody"));
}

TEST(Config, LoopNeedsItsDirectory) {
  EXPECT_EQ(
      message_of(with_line("hpedockerplugin_driver = loop")).find("needs a value for loop_dir") != std::string::npos,
      true);
}

TEST(Config, OldSpellingsOfKeysAreTaken) {
  EXPECT_EQ(parse_config(with_line("hp3par_snapcpg = SNAP"), "f").default_backend().snap_cpgs.at(0), "SNAP");
}

TEST(Config, QuotesAndDollarsAreReadAsHpesPluginDid) {
  const Config config = parse_config(with_line("hpe3par_password = \"a$$b\\$c$d\"\nhpe3par_cpg = 'c1, c2'"), "f");
  EXPECT_EQ(config.default_backend().password.reveal(), "a$b$c$d");
  EXPECT_EQ(config.default_backend().cpgs, (std::vector<std::string>{"c1", "c2"}));
}

TEST(Config, AListWithoutAnEffectMayGoOnForMoreThanOneLine) {
  const Config config =
      parse_config(with_line("host_etcd_ip_address = 10.0.0.1:2379,\n  10.0.0.2:2379\n  [fd00::1]"), "f");
  EXPECT_EQ(config.backends.size(), 1U);
}

TEST(Config, DefaultMayHoldOnlyWhatIsTrueForTheHost) {
  const Config config = parse_config(
      "[DEFAULT]\nhost_name = h1\n[DEFAULT_BLOCK]\nhpedockerplugin_driver = fc\nhpe3par_api_url = "
      "https://a:443/api/v1/\n"
      "hpe3par_username = u\nhpe3par_password = p\nhpe3par_cpg = c\n",
      "f");
  EXPECT_EQ(config.default_backend().name, "DEFAULT_BLOCK");
  EXPECT_EQ(config.host.host_name, "h1");
  EXPECT_EQ(config.default_backend().api_url, "https://a:443/api/v1");
}

}  // namespace
}  // namespace hpe3par::config
