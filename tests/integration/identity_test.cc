#include <fstream>
#include <thread>

#include "tests/integration/world.h"

namespace hpe3par::test {
namespace {

using nlohmann::json;
using Requests = std::map<std::string, std::int64_t>;

// Two volumes that HPE's plugin made: the uuid in the comment, and the array volume that is named after it.
const char* const kUuid = "d03338a9-9115-48a3-8dfc-35cdfcdc15a7";
const char* const kLegacy = "dcv-0DM4qZEVSKON-DXN-NwVpw";
const char* const kOtherUuid = "d1f4ab3c-1111-2222-3333-444455556666";
const char* const kOtherLegacy = "dcv-0fSrPBERIiIzM0REVVVmZg";

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

/// A daemon on an array that others use as well: an administrator, and hosts with HPE's plugin.
struct SharedArray : World {
  void make(const std::string& array_volume, const std::string& comment) {
    sim.administer("POST", "/volumes",
                   {{"name", array_volume}, {"cpg", "cpg1"}, {"sizeMiB", 1024}, {"tpvv", true}, {"comment", comment}});
  }
  void make_as_hpe(const std::string& name, const std::string& array_volume, const std::string& uuid) {
    make(array_volume, R"({"volume_id":")" + uuid + R"(","name":"x","type":"Docker","display_name":")" + name + "\"}");
  }
  /// As a copy of the array does: with the comment.
  void copy(const std::string& array_volume, const std::string& to) { make(to, show(array_volume)["comment"]); }
  json show(const std::string& array_volume) { return sim.administer("GET", "/volumes/" + array_volume); }
  void drop(const std::string& array_volume) { sim.administer("DELETE", "/volumes/" + array_volume); }

  std::filesystem::path blocks_of(const std::string& array_volume) {
    return sim.loop_dir() / "volumes" / show(array_volume)["wwn"].get<std::string>();
  }
  void write_blocks(const std::string& array_volume) {
    std::fstream file(blocks_of(array_volume), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(kPlace);
    file << "precious";
  }
  std::string read_blocks(const std::string& array_volume) {
    std::string text(8, ' ');
    std::ifstream file(blocks_of(array_volume), std::ios::binary);
    file.seekg(kPlace);
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    return text;
  }

  /// What List says, from a listing that is made now.
  std::vector<std::string> list_anew() {
    let_the_listing_age();
    return daemon.list();
  }
  static void let_the_listing_age() { std::this_thread::sleep_for(3200ms); }

  void write_file_in(const std::string& volume) {
    ASSERT_EQ(daemon.mount(volume, "id"), "");
    write_file(*daemon.path(volume) / "file", "hello");
    EXPECT_EQ(daemon.unmount(volume, "id"), "");
  }
  void expect_file_in(const std::string& volume) {
    ASSERT_EQ(daemon.mount(volume, "id"), "");
    EXPECT_EQ(read_file(*daemon.path(volume) / "file"), "hello");
    EXPECT_EQ(daemon.unmount(volume, "id"), "");
  }
  void remove_again_and_again(const std::string& volume) {
    for (int i = 0; i < 4; ++i) {
      EXPECT_EQ(daemon.remove(volume), "");
      EXPECT_FALSE(daemon.get(volume).ok());
    }
    EXPECT_TRUE(list_anew().empty());
    EXPECT_EQ(daemon.remove(volume), "");
  }

  static constexpr std::streamoff kPlace = 1'000'000;
};

TEST(Identity, CopiesOfAVolumeOfHpesPluginAreNotTakenForIt) {
  SharedArray world;
  world.make_as_hpe("leg5", kLegacy, kUuid);
  EXPECT_EQ(world.list_anew(), std::vector<std::string>{"leg5"});
  world.write_file_in("leg5");
  const std::vector<std::string> copies = {"dcv-.leg5-before-upd", "dcv-0-leg5-copy", "dcv-leg5"};
  for (const std::string& copy : copies) world.copy(kLegacy, copy);
  world.write_blocks(copies[1]);  // the others are blank, so that a Mount would make a file system on them

  EXPECT_EQ(world.list_anew(), std::vector<std::string>{"leg5"});
  EXPECT_EQ(world.daemon.get("leg5").json["Volume"]["Status"]["wwn"], world.show(kLegacy)["wwn"]);
  world.expect_file_in("leg5");
  world.daemon.restart();
  ASSERT_TRUE(eventually(10s, [&] { return world.is_up(); }));
  world.expect_file_in("leg5");

  world.remove_again_and_again("leg5");
  EXPECT_FALSE(world.has_array_volume(kLegacy));
  EXPECT_NE(world.daemon.mount("leg5", "id"), "");
  EXPECT_TRUE(has(world.daemon.create("leg5", kSmall), "dcv-leg5 that is not a volume of this plugin"));
  EXPECT_EQ(world.read_blocks(copies[1]), "precious");
  EXPECT_EQ(world.read_blocks(copies[0]), std::string(8, '\0'));
  for (const std::string& copy : copies) {
    EXPECT_EQ(count(world.daemon.log(), "array_volume=" + copy + " volume=leg5 would_be=" + kLegacy), 2U)
        << copy << " is reported once in each life of the daemon";
    world.drop(copy);
  }
  world.leaks.check();
}

TEST(Identity, ABackupOfAVolumeIsNotTakenForIt) {
  SharedArray world;
  ASSERT_EQ(world.daemon.create("web", kSmall), "");
  world.write_file_in("web");
  world.copy("dcv-web", "dcv-web.bak");
  world.write_blocks("dcv-web.bak");
  EXPECT_EQ(world.list_anew(), std::vector<std::string>{"web"});
  world.expect_file_in("web");
  world.remove_again_and_again("web");
  // The name is free, and the new volume has nothing to do with the backup.
  ASSERT_EQ(world.daemon.create("web", kSmall), "");
  world.write_file_in("web");
  EXPECT_EQ(world.daemon.remove("web"), "");
  EXPECT_EQ(world.daemon.remove("web"), "");
  EXPECT_EQ(world.read_blocks("dcv-web.bak"), "precious");
  world.drop("dcv-web.bak");
  world.leaks.check();
}

TEST(Identity, OfTwoVolumesOfOneNameNeitherIsTouchedUntilAnAdministratorChose) {
  SharedArray world;
  ASSERT_EQ(world.daemon.create("web", kSmall), "");
  world.write_file_in("web");
  world.make_as_hpe("web", kLegacy, kUuid);
  world.write_blocks(kLegacy);
  EXPECT_EQ(world.list_anew(), std::vector<std::string>{"web"});
  EXPECT_EQ(world.daemon.get("web").json["Volume"]["Status"]["wwn"], world.show("dcv-web")["wwn"]);
  for (int i = 0; i < 2; ++i)
    for (const std::string& error :
         {world.daemon.create("web", kSmall), world.daemon.mount("web", "id"), world.daemon.remove("web")})
      EXPECT_TRUE(has(error, "array volume dcv-web) and once more there (backend DEFAULT, array volume " +
                                 std::string(kLegacy) + "), so it is not known which one is meant"))
          << error;
  // HPE's plugin goes by its own database, so its volume stays usable there.
  world.sim.administer("PUT", "/volumes/" + std::string(kLegacy), {{"comment", ""}});
  world.expect_file_in("web");
  world.remove_again_and_again("web");
  EXPECT_EQ(world.read_blocks(kLegacy), "precious");
  world.drop(kLegacy);
  world.leaks.check();
}

TEST(Identity, NoSecondVolumeIsMadeBesideOneThatHpesPluginMadeMeanwhile) {
  SharedArray world;
  world.make_as_hpe("leg1", kLegacy, kUuid);
  EXPECT_EQ(world.list_anew(), std::vector<std::string>{"leg1"});
  SharedArray::let_the_listing_age();
  world.make_as_hpe("leg2", kOtherLegacy, kOtherUuid);
  EXPECT_EQ(world.daemon.create("leg2", kSmall), "") << "it exists as it was asked for";
  EXPECT_FALSE(world.has_array_volume("dcv-leg2"));
  world.write_file_in("leg2");
  world.daemon.restart();
  ASSERT_TRUE(eventually(10s, [&] { return world.is_up(); }));
  world.expect_file_in("leg2");
  EXPECT_TRUE(has(world.daemon.create("leg2", {{"size", "2"}}), "size is 1, not 2"));
  for (const char* name : {"leg1", "leg2"}) EXPECT_EQ(world.daemon.remove(name), "");
  world.leaks.check();
}

TEST(Identity, ACreateBesideVolumesOfHpesPluginCostsOneListingMore) {
  SharedArray world;
  world.make_as_hpe("leg1", kLegacy, kUuid);
  EXPECT_EQ(world.list_anew(), std::vector<std::string>{"leg1"});
  const auto requests_of = [&](const std::string& name) {
    world.sim.reset_stats();
    EXPECT_EQ(world.daemon.create(name, kSmall), "");
    return world.sim.requests();
  };
  SharedArray::let_the_listing_age();
  EXPECT_EQ(requests_of("v1"), (Requests{{"GET /api/v1/volumes", 1}, {"POST /api/v1/volumes", 1}}));
  EXPECT_EQ(requests_of("v2"), (Requests{{"POST /api/v1/volumes", 1}})) << "listed a moment ago";

  SharedArray::let_the_listing_age();
  world.sim.fault({{"array", "A"},
                   {"method", "GET"},
                   {"route", "/api/v1/volumes"},
                   {"kind", "error"},
                   {"status", 500},
                   {"code", 6},
                   {"count", 0}});
  const std::string error = world.daemon.create("v3", kSmall);
  EXPECT_TRUE(has(error,
                  "has volumes of HPE's plugin and could not be listed now, so it is not known whether the name "
                  "v3 is taken there"))
      << error;
  EXPECT_FALSE(world.has_array_volume("dcv-v3"));
  world.sim.clear_faults();
  EXPECT_TRUE(eventually(10s, [&] { return world.daemon.create("v3", kSmall).empty(); }));
  for (const char* name : {"v1", "v2", "v3", "leg1"}) EXPECT_EQ(world.daemon.remove(name), "");
  world.leaks.check();
}

}  // namespace
}  // namespace hpe3par::test
