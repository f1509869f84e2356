#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "hpe3par/base/error.h"
#include "hpe3par/config/config.h"
#include "replication_pairs.h"

namespace hpe3par::config {
namespace {

// The blocks as they were handed to users, to the letter: a comma is missing after snap_cpg_map.
const std::string kActivePassive =
    R"(replication_device = backend_id:<Array-Name>,
                     replication_mode:<synchronous|asynchronous|streaming>,
                     cpg_map:<Source-CPG>:<Target-CPG>,
                     snap_cpg_map:<Source-Snap-CPG>:<Target-Snap-CPG>
                     hpe3par_api_url:https://<IP>:8080/api/v1,
                     hpe3par_username:<3PAR-Username>,
                     hpe3par_password:<3PAR-Password>,
                     san_ip:<IP>,
                     san_login:<3PAR-SAN-Username>,
                     san_password:<3PAR-SAN-Password>
)";
const std::string kPeerPersistence =
    R"(replication_device = backend_id:<Array-Name>,
                     quorum_witness_ip:<IP>,
                     replication_mode:synchronous,
                     cpg_map:<Source-CPG>:<Target-CPG>,
                     snap_cpg_map:<Source-Snap-CPG>:<Target-Snap-CPG>
                     hpe3par_api_url:https://<IP>:8080/api/v1,
                     hpe3par_username:<3PAR-Username>,
                     hpe3par_password:<3PAR-Password>,
                     san_ip:<IP>,
                     san_login:<3PAR-SAN-Username>,
                     san_password:<3PAR-SAN-Password>
)";

const std::string kSection =
    "[DEFAULT]\n"
    "hpedockerplugin_driver = hpedockerplugin.hpe.hpe_3par_fc.HPE3PARFCDriver\n"
    "hpe3par_api_url = https://10.0.0.1:8080/api/v1\n"
    "hpe3par_username = 3paradm\n"
    "hpe3par_password = 3pardata\n"
    "hpe3par_cpg = FC_r6\n"
    "hpe3par_snapcpg = FC_snap\n";

using Words = std::pair<std::string, std::string>;

// What a user puts in, in the order in which the daemon asks for it, and what it says before.
struct Step {
  Words fill;
  std::string refused;
};

std::string filled(std::string text, const Words& words) {
  for (std::size_t at = text.find(words.first); at != std::string::npos; at = text.find(words.first))
    text.replace(at, words.first.size(), words.second);
  return text;
}

std::string message_of(const std::string& text) {
  try {
    parse_config(text, "hpe.conf");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

const Step kName{{"<Array-Name>", "ARRAY_B"},
                 "hpe.conf:8: replication_device: backend_id = <Array-Name> is not allowed; allowed: the remote copy "
                 "target's name, 1 to 31 letters, digits, '.', '_', '-'"};

TEST(Seeds, EveryPlaceholderOfTheActivePassiveBlockIsNamedWithItsLine) {
  const std::string pairs = "is not allowed; allowed: SOURCE_CPG:TARGET_CPG, several pairs separated by blanks";
  const std::vector<Step> steps = {
      kName,
      {{"<synchronous|asynchronous|streaming>", "asynchronous"},
       "hpe.conf:9: replication_device: replication_mode = <synchronous|asynchronous|streaming> is not allowed; "
       "allowed: synchronous, asynchronous, streaming"},
      {{"<Source-CPG>:<Target-CPG>", "FC_r6:R_FC"},
       "hpe.conf:10: replication_device: cpg_map = <Source-CPG>:<Target-CPG> " + pairs},
      {{"<Source-Snap-CPG>:<Target-Snap-CPG>", "FC_snap:R_snap"},
       "hpe.conf:11: replication_device: snap_cpg_map = <Source-Snap-CPG>:<Target-Snap-CPG> " + pairs},
      {{"<IP>", "10.0.0.2"},
       "hpe.conf:12: replication_device: hpe3par_api_url = https://<IP>:8080/api/v1 is not allowed; allowed: "
       "https://HOST:PORT/api/v1"},
  };
  std::string text = kSection + kActivePassive;
  for (const Step& step : steps) {
    EXPECT_EQ(message_of(text), step.refused);
    text = filled(text, step.fill);
  }
  EXPECT_EQ(message_of(text), "");
}

TEST(Seeds, EveryPlaceholderOfThePeerPersistenceBlockIsNamedWithItsLine) {
  std::string text = kSection + kPeerPersistence;
  EXPECT_EQ(message_of(text), kName.refused);
  text = filled(text, kName.fill);
  EXPECT_EQ(message_of(text),
            "hpe.conf:9: replication_device: quorum_witness_ip = <IP> is not allowed; allowed: an IP address or a host "
            "name");
}

std::string filled_block(std::string text) {
  for (const Words& words : std::vector<Words>{{"<Array-Name>", "ARRAY_B"},
                                               {"<synchronous|asynchronous|streaming>", "asynchronous"},
                                               {"<Source-CPG>:<Target-CPG>", "FC_r6:R_FC"},
                                               {"<Source-Snap-CPG>:<Target-Snap-CPG>", "FC_snap:R_snap"},
                                               {"<IP>", "10.0.0.2"},
                                               {"<3PAR-Username>", "3paradm"},
                                               {"<3PAR-Password>", "3par:d=ta; 2,x"}})
    text = filled(text, words);
  return text;
}

TEST(Seeds, TheActivePassiveBlockIsUnderstoodWhole) {
  const Config config = parse_config(kSection + filled_block(kActivePassive), "hpe.conf");
  const ReplicationConfig& peer = config.default_backend().replication.value();
  EXPECT_EQ(peer.kind(), ReplicationKind::active_passive);
  EXPECT_EQ(peer.backend_id, "ARRAY_B");
  EXPECT_EQ(peer.mode, ReplicationMode::periodic);
  EXPECT_EQ(peer.sync_period, std::chrono::seconds(900));
  EXPECT_EQ(peer.cpg_map, (std::vector<CpgPair>{{"FC_r6", "R_FC"}}));
  EXPECT_EQ(peer.snap_cpg_map, (std::vector<CpgPair>{{"FC_snap", "R_snap"}}));
  EXPECT_EQ(peer.api_url, "https://10.0.0.2:8080/api/v1");
  EXPECT_EQ(peer.array, "10.0.0.2:8080");
  EXPECT_EQ(peer.username, "3paradm");
  EXPECT_EQ(peer.password.reveal(), "3par:d=ta; 2,x");
}

TEST(Seeds, ThePeerPersistenceBlockIsUnderstoodWhole) {
  const Config config = parse_config(kSection + filled_block(kPeerPersistence), "hpe.conf");
  const ReplicationConfig& peer = config.default_backend().replication.value();
  EXPECT_EQ(peer.kind(), ReplicationKind::peer_persistence);
  EXPECT_EQ(peer.mode, ReplicationMode::synchronous);
  EXPECT_EQ(peer.quorum_witness_ip, "10.0.0.2");
  EXPECT_EQ(peer.snap_cpg_map, (std::vector<CpgPair>{{"FC_snap", "R_snap"}}));
  EXPECT_EQ(peer.password.reveal(), "3par:d=ta; 2,x");
}

TEST(Seeds, AddressesAreSeparatedBySemicolonsUnderBothNames) {
  const std::vector<Portal> portals = {{"10.0.2.1", 3260}, {"10.0.2.2", 3261}};
  for (const char* key : {"hpe_iscsi_address:", "hpe_iscsi_address = ", "hpe3par_iscsi_ips=", "hpe3par_iscsi_ips: "}) {
    const std::string line = "                     " + std::string(key) + "10.0.2.1;10.0.2.2:3261\n";
    const Config config = parse_config(kSection + filled_block(kPeerPersistence) + line, "hpe.conf");
    EXPECT_EQ(config.default_backend().replication.value().iscsi_portals, portals) << key;
  }
}

TEST(Seeds, ThePlaceholdersThemselvesComeApartIntoElevenPairs) {
  const IniFile ini = parse_ini("[DEFAULT]\n" + kPeerPersistence, "hpe.conf");
  const std::vector<ReplicationPair> pairs = split_replication_device(ini.entries.at(0), "hpe.conf");
  ASSERT_EQ(pairs.size(), 11U);
  for (std::size_t i = 0; i < pairs.size(); ++i) EXPECT_EQ(pairs[i].line, static_cast<int>(i) + 2);
  EXPECT_EQ(pairs[0].value, "<Array-Name>");
  EXPECT_EQ(pairs[4].key, "snap_cpg_map");
  EXPECT_EQ(pairs[4].value, "<Source-Snap-CPG>:<Target-Snap-CPG>");
  EXPECT_EQ(pairs[5].key, "hpe3par_api_url");
  EXPECT_EQ(pairs[5].value, "https://<IP>:8080/api/v1");
  EXPECT_EQ(pairs[10].key, "san_password");
}

}  // namespace
}  // namespace hpe3par::config
