#include <gtest/gtest.h>

#include "hpe3par/array/array.h"

namespace hpe3par::array {
namespace {

struct Row {
  Provisioning provisioning;
  bool compression;
  int size_gib;
  int build;
  std::vector<std::string> licences;
  std::string refusal;  ///< words of it; empty: it can be made
};

constexpr int k322 = 30202290;
constexpr int k331 = 30301215;
constexpr int kPrimera = 40000128;

TEST(WhyUnable, DependsOnVersionLicenceAndSize) {
  using enum Provisioning;
  const Row rows[] = {
      {thin, false, 1, k322, {}, ""},
      {full, false, 1, k322, {}, ""},
      {dedup, false, 1, k322, {}, ""},
      {thin, true, 16, k322, {"Compression"}, "needs 3PAR OS 3.3.1 (WSAPI build 30301215) or newer"},
      {thin, true, 16, k331, {"Compression"}, ""},
      {thin, true, 16, k331, {"Golden License"}, ""},
      {thin, true, 16, k331, {"Data Compression (102400G)"}, ""},
      {dedup, true, 16, k331, {"Compression"}, ""},
      {thin, true, 15, k331, {"Compression"}, "at least 16 GiB"},
      {full, true, 16, k331, {"Compression"}, "does not go with provisioning=full"},
      {thin, true, 16, k331, {"Remote Copy"}, "needs a licence for compression"},
      {thin, true, 16, k331, {}, "needs a licence for compression"},
      {thin, false, 1, kPrimera, {}, ""},
      {dedup, true, 16, kPrimera, {}, ""},
      {dedup, true, 15, kPrimera, {}, "at least 16 GiB"},
      {dedup, false, 16, kPrimera, {}, "only together"},
      {thin, true, 16, kPrimera, {}, "only together"},
      {full, false, 16, kPrimera, {}, "use thin or dedup"},
      {other, false, 16, k331, {}, "thin, full or dedup"},
  };
  for (const Row& row : rows) {
    NewVolume order;
    order.provisioning = row.provisioning;
    order.compression = row.compression;
    order.size_mib = static_cast<std::uint64_t>(row.size_gib) * 1024;
    const std::string reason = why_unable(order, {row.build, row.licences});
    EXPECT_EQ(reason.empty(), row.refusal.empty()) << reason << " / " << row.refusal;
    EXPECT_NE(reason.find(row.refusal), std::string::npos) << reason << " / " << row.refusal;
  }
}

TEST(WhyUnable, WhoAsksForASnapCpgIsToldThatThereIsNone) {
  constexpr int kAlletra = 100000000;
  for (const int build : {k322, k331, kPrimera, kAlletra, kAlletra + 500043})
    for (const bool needed : {false, true}) {
      NewVolume order;
      order.snap_cpg = "snaps";
      order.needs_snap_cpg = needed;
      const std::string reason = why_unable(order, {build, {}});
      EXPECT_EQ(reason.starts_with("snapcpg=snaps is not possible"), needed && build >= kAlletra) << reason;
    }
}

TEST(AdmitsToStartedGroups, SinceAlletra) {
  for (const int build : {0, k322, k331, kPrimera, 99'999'999}) EXPECT_FALSE(admits_to_started_groups(build)) << build;
  for (const int build : {100'000'000, 100'500'043}) EXPECT_TRUE(admits_to_started_groups(build)) << build;
}

}  // namespace
}  // namespace hpe3par::array
