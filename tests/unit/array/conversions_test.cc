#include "conversions.h"

#include <gtest/gtest.h>

#include "hpe3par/base/error.h"

namespace hpe3par::array {
namespace {

NewVolume volume(Provisioning provisioning) {
  return {"v1", "cpg1", "snap", 1024, provisioning, "c"};
}

TEST(VolumeBody, IsThatOfA3par) {
  const auto thin = to_body(volume(Provisioning::thin), 30301215);
  EXPECT_EQ(thin.tpvv, true);
  EXPECT_EQ(thin.tdvv, std::nullopt);
  EXPECT_EQ(thin.reduce, std::nullopt);
  EXPECT_EQ(thin.snap_cpg, "snap");
  EXPECT_EQ(to_body(volume(Provisioning::full), 30301215).tpvv, false);
  const auto dedup = to_body(volume(Provisioning::dedup), 30301215);
  EXPECT_EQ(dedup.tdvv, true);
  EXPECT_EQ(dedup.tpvv, std::nullopt);
}

TEST(VolumeBody, IsThatOfAPrimera) {
  EXPECT_EQ(to_body(volume(Provisioning::thin), 40000128).tpvv, true);
  const auto dedup = to_body(volume(Provisioning::dedup), 40000128);
  EXPECT_EQ(dedup.reduce, true);
  EXPECT_EQ(dedup.tpvv, std::nullopt);
  EXPECT_EQ(dedup.tdvv, std::nullopt);
}

TEST(VolumeBody, AlletraHasNoSnapCpg) {
  EXPECT_EQ(to_body(volume(Provisioning::thin), 100500043).snap_cpg, "");
}

TEST(VolumeQuery, FiltersWhereTheVersionCan) {
  EXPECT_EQ(volume_query({"dcv-", "dcs-"}, 30301215), "name LIKE dcv-*,dcs-*");
  EXPECT_EQ(volume_query({"dcv-"}, 30202290), "");
  EXPECT_EQ(volume_query({"dcv-", ""}, 30301215), "");
}

TEST(Exports, AreToldApartByType) {
  wsapi::Vlun vlun;
  vlun.volume = "v1";
  vlun.volume_wwn = "60002ac0";
  vlun.lun = 3;
  vlun.hostname = "h1";
  vlun.port = "0:1:2";
  vlun.type = 3;
  const Export host = to_export(vlun);
  EXPECT_EQ(host.kind, ExportKind::host);
  EXPECT_EQ(host.wwn, "60002AC0");
  EXPECT_EQ(host.port, "");
  EXPECT_EQ(to_vlun_id(host), (wsapi::VlunId{"v1", 3, "h1", ""}));
  vlun.type = 4;
  EXPECT_EQ(to_vlun_id(to_export(vlun)), (wsapi::VlunId{"v1", 3, "h1", "0:1:2"}));
  vlun.type = 5;
  vlun.hostname = "set:s";
  EXPECT_EQ(to_vlun_id(to_export(vlun)), (wsapi::VlunId{"v1", 3, "set:s", ""}));
  vlun.type = 2;
  vlun.hostname = "";
  EXPECT_EQ(to_vlun_id(to_export(vlun)), (wsapi::VlunId{"v1", 3, "", "0:1:2"}));
  vlun.type = 0;
  vlun.hostname = "h1";
  EXPECT_EQ(to_export(vlun).kind, ExportKind::host);
}

TEST(Exports, OnlyAnActiveOneHasAnInitiator) {
  wsapi::Vlun vlun;
  vlun.type = 3;
  vlun.remote_name = "iqn.x";
  EXPECT_EQ(to_export(vlun).initiator, "");
  vlun.active = true;
  EXPECT_EQ(to_export(vlun).initiator, "iqn.x");
}

TEST(VlunLocation, IsReadEncodedOrNot) {
  using wsapi::parse_vlun_location;
  using wsapi::VlunId;
  EXPECT_EQ(parse_vlun_location("/api/v1/vluns/v1,0,h1"), (VlunId{"v1", 0, "h1", ""}));
  EXPECT_EQ(parse_vlun_location("/api/v1/vluns/v1%2C12%2Cset%3As"), (VlunId{"v1", 12, "set:s", ""}));
  EXPECT_EQ(parse_vlun_location("/api/v1/vluns/v1,3,,0:1:2"), (VlunId{"v1", 3, "", "0:1:2"}));
  for (const char* bad : {"", "/api/v1/vluns/", "/api/v1/vluns/v1", "/api/v1/vluns/v1,x,h", "/api/v1/vluns/v1,-1,h",
                          "/api/v1/vluns/v1,1,2,3,4", "/api/v1/vluns/v1,99999999999,h"}) {
    EXPECT_FALSE(parse_vlun_location(bad)) << bad;
  }
}

}  // namespace
}  // namespace hpe3par::array
