#include "keys.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

namespace hpe3par::config {
namespace {

std::string documentation() {
  std::ifstream stream(std::string(HPE3PAR_DOCS_DIR) + "/configuration.md");
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

TEST(Keys, AllAreDocumented) {
  const std::string text = documentation();
  for (const Key& key : known_keys())
    EXPECT_NE(text.find("`" + std::string(key.name) + "`"), std::string::npos) << key.name;
  for (const std::string_view key : replication_keys())
    EXPECT_NE(text.find("`" + std::string(key) + "`"), std::string::npos) << key;
}

TEST(Keys, AreFoundUnderOldSpellingsAndByTheirBeginning) {
  EXPECT_EQ(find_key("hp3par_cpg"), find_key("hpe3par_cpg"));
  EXPECT_EQ(find_key("host_etcd_port_number")->name, "host_etcd_port_number");
  EXPECT_EQ(find_key("host_etcd_anything")->name, "host_etcd_*");
  EXPECT_EQ(find_key("HOST_NAME"), nullptr);
  EXPECT_EQ(find_replication_key("hpe_iscsi_address"), "hpe3par_iscsi_ips");
  EXPECT_EQ(find_replication_key("hp3par_username"), "hpe3par_username");
  EXPECT_EQ(find_replication_key("hpe3par_cpg"), "");
}

TEST(Keys, PasswordsAreSecretAndTheirFilesAreNot) {
  for (const char* key : {"hpe3par_password", "san_password", "chap_password"}) EXPECT_TRUE(is_secret(key)) << key;
  for (const char* key : {"hpe3par_password_file", "hpe3par_username"}) EXPECT_FALSE(is_secret(key)) << key;
}

}  // namespace
}  // namespace hpe3par::config
