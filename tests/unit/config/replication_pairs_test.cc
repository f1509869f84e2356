#include "replication_pairs.h"

#include <gtest/gtest.h>

namespace hpe3par::config {
namespace {

using Words = std::vector<std::string>;

// key=value of each pair.
Words pairs_of(const std::string& value) {
  const IniFile ini = parse_ini("[A]\nreplication_device = " + value + "\n", "f");
  Words words;
  for (const ReplicationPair& pair : split_replication_device(ini.entries.at(0), "f"))
    words.push_back(pair.key + "=" + pair.value);
  return words;
}

TEST(ReplicationPairs, EndAtCommasAndAtLineEnds) {
  const Words wanted = {"backend_id=B", "san_ip=10.0.0.2", "san_login=x"};
  EXPECT_EQ(pairs_of("backend_id:B,san_ip:10.0.0.2,san_login:x"), wanted);
  EXPECT_EQ(pairs_of("backend_id:B,\n san_ip:10.0.0.2,\n san_login:x,"), wanted);
  EXPECT_EQ(pairs_of("backend_id:B\n san_ip:10.0.0.2\n san_login:x"), wanted);
  EXPECT_EQ(pairs_of("\n  backend_id:B\n , san_ip:10.0.0.2,, san_login:x ,"), wanted);
}

TEST(ReplicationPairs, EndWhereABlankIsFollowedByAKey) {
  EXPECT_EQ(pairs_of("snap_cpg_map:a:b hpe3par_api_url:https://h:8080/api/v1"),
            (Words{"snap_cpg_map=a:b", "hpe3par_api_url=https://h:8080/api/v1"}));
  EXPECT_EQ(pairs_of("cpg_map:a:b c:d san_ip = h"), (Words{"cpg_map=a:b c:d", "san_ip=h"}));
}

TEST(ReplicationPairs, TakeColonsAndEqualSigns) {
  EXPECT_EQ(pairs_of("backend_id = B, san_ip :h,san_login: x"), (Words{"backend_id=B", "san_ip=h", "san_login=x"}));
  EXPECT_EQ(pairs_of("hpe3par_password:a=b:c"), (Words{"hpe3par_password=a=b:c"}));
}

TEST(ReplicationPairs, PasswordsKeepWhatIsInThem) {
  EXPECT_EQ(pairs_of("hpe3par_password:a;b c:d=e, f,3g:h,san_ip:h"),
            (Words{"hpe3par_password=a;b c:d=e, f,3g:h", "san_ip=h"}));
  EXPECT_EQ(pairs_of("hpe3par_password:a,"), (Words{"hpe3par_password=a"}));
}

TEST(ReplicationPairs, HaveTheirUsualSpelling) {
  EXPECT_EQ(pairs_of("hp3par_username:u,hpe_iscsi_address:h"), (Words{"hpe3par_username=u", "hpe3par_iscsi_ips=h"}));
}

TEST(ReplicationPairs, AListOfAddressesMayGoOnInTheNextLine) {
  EXPECT_EQ(pairs_of("hpe3par_iscsi_ips:10.0.0.1,\n 10.0.0.2;[fe80::1]:3261\n san_ip:h"),
            (Words{"hpe3par_iscsi_ips=10.0.0.1\n10.0.0.2;[fe80::1]:3261", "san_ip=h"}));
}

TEST(ReplicationPairs, AMapMayGoOnInTheNextLine) {
  EXPECT_EQ(pairs_of("cpg_map:a:b\n c:d 3e:f,\n san_ip:h"), (Words{"cpg_map=a:b\nc:d 3e:f", "san_ip=h"}));
  EXPECT_EQ(pairs_of("cpg_map:a:b\n 3e:f\n c:d san_ip:h"), (Words{"cpg_map=a:b\n3e:f\nc:d", "san_ip=h"}));
}

TEST(ReplicationPairs, KeysOfASectionAreTaken) {
  EXPECT_EQ(pairs_of("backend_id:B hpe3par_cpg:a, b\n san_ssh_port=22,vlan_tag:1"),
            (Words{"backend_id=B", "hpe3par_cpg=a, b", "san_ssh_port=22", "vlan_tag=1"}));
  EXPECT_EQ(pairs_of("hpe3par_password:a hpe3par_cpg:b"), (Words{"hpe3par_password=a hpe3par_cpg:b"}));
}

TEST(ReplicationPairs, MayBeEmpty) {
  EXPECT_EQ(pairs_of("backend_id:,san_ip:h"), (Words{"backend_id=", "san_ip=h"}));
  EXPECT_EQ(pairs_of(""), Words{});
}

}  // namespace
}  // namespace hpe3par::config
