#include "existing.h"

#include <gtest/gtest.h>

namespace hpe3par::volumes {
namespace {

config::Config make_config() {
  config::Config config;
  for (const char* name : {"GOLD", "DEFAULT", "FAR"}) {
    config::BackendConfig backend;
    backend.name = name;
    backend.array = backend.name == "FAR" ? "B:8080" : "A:8080";
    backend.cpgs = {"cpg1", "cpg2"};
    backend.snap_cpgs = {"cpg1"};
    config.backends.push_back(backend);
  }
  return config;
}

struct Row {
  RawOptions recorded;
  std::string cpg;  ///< as the array tells
  std::string snap_cpg;
  RawOptions typed;
  std::string differences;
};

catalog::Volume volume_of(const Row& row, bool legacy) {
  catalog::Volume volume;
  volume.record.name = "v1";
  volume.record.options = row.recorded;
  volume.record.legacy = legacy;
  volume.array = "A:8080";
  volume.backend = "GOLD";  // the first of its array, where the record names none
  volume.size_mib = 100 * 1024;
  volume.cpg = row.cpg;
  volume.snap_cpg = row.snap_cpg;
  return volume;
}

void check(const Row& row, bool legacy) {
  const config::Config config = make_config();
  const VolumeOptions asked = parse_options(row.typed, config);
  std::string typed;
  for (const auto& [name, value] : row.typed) typed += " " + name + "=" + value;
  EXPECT_EQ(differences_from(volume_of(row, legacy), row.typed, asked, config), row.differences)
      << "in " << row.cpg << ", asked for" << typed;
}

TEST(ExistingVolume, IsComparedByTheTable) {
  const Row rows[] = {
      {{}, "cpg1", "cpg1", {}, ""},
      {{}, "cpg9", "cpg9", {}, ""},  // another host has another default
      {{}, "cpg9", "cpg9", {{"cpg", "cpg9"}, {"snapcpg", "cpg9"}}, ""},
      {{}, "cpg9", "cpg9", {{"cpg", "cpg1"}}, "cpg is cpg9, not cpg1"},
      {{}, "cpg9", "cpg9", {{"snapcpg", "cpg1"}}, "snapcpg is cpg9, not cpg1"},
      {{}, "", "", {{"cpg", "cpg9"}, {"snapcpg", "cpg9"}}, ""},  // only the stored cache knows it
      {{}, "cpg1", "", {{"snapcpg", "cpg1"}}, ""},               // the default, on an array without snap CPGs
      {{}, "cpg1", "", {{"snapcpg", "s"}}, "snapcpg is unset, not s"},
      {{{"cpg", "cpg2"}}, "cpg2", "cpg1", {}, "cpg is cpg2, not cpg1"},
      {{{"cpg", "cpg2"}}, "cpg2", "cpg1", {{"cpg", "cpg2"}}, ""},
      {{{"cpg", "cpg2"}}, "cpg9", "cpg1", {{"cpg", "cpg2"}}, ""},  // moved by an administrator
      {{{"cpg", "cpg2"}}, "cpg9", "cpg1", {{"cpg", "cpg9"}}, ""},
      {{{"cpg", "cpg2"}}, "cpg9", "cpg1", {{"cpg", "cpg1"}}, "cpg is cpg9, not cpg1"},
      {{{"cpg", "cpg2"}}, "", "", {{"cpg", "cpg1"}}, "cpg is cpg2, not cpg1"},
      {{{"size", "7"}}, "cpg1", "cpg1", {{"size", "8"}}, "size is 7, not 8"},
      {{{"qos-name", "q"}}, "cpg1", "cpg1", {}, "qos-name is q, not unset"},
      {{}, "cpg1", "cpg1", {{"backend", "DEFAULT"}}, ""},
      {{}, "cpg1", "cpg1", {{"backend", "GOLD"}}, "backend is DEFAULT, not GOLD"},
      {{}, "cpg1", "cpg1", {{"backend", "FAR"}}, "backend is DEFAULT, not FAR"},
      {{{"backend", "GOLD"}}, "cpg1", "cpg1", {}, "backend is GOLD, not DEFAULT"},
      {{{"backend", "GOLD"}}, "cpg1", "cpg1", {{"backend", "GOLD"}}, ""},
      {{{"backend", "SILVER"}}, "cpg1", "cpg1", {}, ""},  // a section of another host
      {{{"backend", "SILVER"}}, "cpg1", "cpg1", {{"backend", "FAR"}}, "backend is GOLD, not FAR"},
  };
  for (const Row& row : rows) check(row, false);
}

TEST(ExistingVolume, OfHpesPluginIsComparedAsFarAsItIsKnown) {
  const Row rows[] = {
      {{}, "cpg9", "cpg9", {}, ""},
      {{}, "cpg9", "cpg9", {{"size", "100"}, {"backend", "GOLD"}}, ""},
      {{}, "cpg9", "cpg9", {{"size", "7"}}, "size is 100, not 7"},
      {{}, "cpg9", "cpg9", {{"backend", "FAR"}}, "backend is GOLD, not FAR"},
      {{}, "cpg9", "cpg9", {{"cpg", "cpg1"}}, "cpg is cpg9, not cpg1"},
      {{}, "cpg9", "cpg9", {{"cpg", "cpg9"}, {"snapcpg", "cpg9"}}, ""},
      {{}, "cpg9", "cpg9", {{"fsType", "xfs"}, {"qos-name", "q"}, {"provisioning", "full"}}, ""},
  };
  for (const Row& row : rows) check(row, true);
}

}  // namespace
}  // namespace hpe3par::volumes
