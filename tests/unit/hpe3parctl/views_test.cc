#include "views.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace hpe3par::ctl {
namespace {

using nlohmann::json;

const json kVolume = {{"name", "web-data"},
                      {"mountpoint", "/opt/hpe/data/web-data"},
                      {"created", "2026-01-31T12:00:00Z"},
                      {"backend", "DEFAULT"},
                      {"array", "A"},
                      {"array_volume", "dcv-web-data"},
                      {"wwn", "60002AC0"},
                      {"uuid", "u-1"},
                      {"size_gib", 2},
                      {"state", "mounted"},
                      {"since", "2026-01-31T13:00:00Z"},
                      {"mounts", 1},
                      {"ids", {"id1", "id2"}},
                      {"detach_pending", false},
                      {"last_error", ""}};

TEST(Views, ShowTheStatusWithItsArrays) {
  const json status = {{"version", "1.0"},
                       {"pid", 42},
                       {"state", "running"},
                       {"reason", ""},
                       {"mounted_volumes", 3},
                       {"clean_up", {json::object()}},
                       {"arrays",
                        {{{"name", "A"},
                          {"address", "10.0.0.1:8080"},
                          {"state", "unreachable"},
                          {"since", "2026-01-31T13:00:00Z"},
                          {"serial_number", "1600001"},
                          {"backends", {"DEFAULT", "B1"}},
                          {"reason", "array A: connection refused"}}}}};
  const std::string facts =
      "version          1.0\n"
      "pid              42\n"
      "state            running\n"
      "mounted volumes  3\n"
      "clean-up         1, see hpe3parctl cleanup ls\n"
      "\n";
  const std::string row =
      "A      10.0.0.1:8080  unreachable  2026-01-31T13:00:00Z  1600001  DEFAULT,B1  array A: connection refused\n";
  EXPECT_EQ(status_view(status, true),
            facts + "ARRAY  ADDRESS        STATE        SINCE                 SERIAL   BACKENDS    REASON\n" + row);
  EXPECT_NE(status_view(status, false).find("\n\nA  10.0.0.1:8080  unreachable"), std::string::npos);
}

TEST(Views, ShowWhatIsWrongWithTheConfigurationInsteadOfArrays) {
  EXPECT_EQ(status_view({{"version", "1.0"},
                         {"pid", 42},
                         {"state", "configuration error"},
                         {"reason", "hpe.conf:3: unknown key x"},
                         {"arrays", json::array()}},
                        true),
            "version  1.0\n"
            "pid      42\n"
            "state    configuration error\n"
            "reason   hpe.conf:3: unknown key x\n");
}

TEST(Views, ShowBackends) {
  EXPECT_EQ(backends_view({{{"name", "DEFAULT"},
                            {"default", true},
                            {"array", "A"},
                            {"transport", "loop"},
                            {"cpgs", {"cpg1", "cpg2"}},
                            {"state", "up"},
                            {"since", "2026-01-31T13:00:00Z"},
                            {"reason", ""}}},
                          true),
            "NAME     DEFAULT  ARRAY  TRANSPORT  CPGS       STATE  SINCE                 REASON\n"
            "DEFAULT  yes      A      loop       cpg1,cpg2  up     2026-01-31T13:00:00Z  -\n");
}

TEST(Views, ShowVolumes) {
  EXPECT_EQ(volumes_view(json::array({kVolume}), true),
            "NAME      SIZE   STATE    BACKEND  ARRAY  ARRAY VOLUME  MOUNTPOINT\n"
            "web-data  2 GiB  mounted  DEFAULT  A      dcv-web-data  /opt/hpe/data/web-data\n");
  EXPECT_EQ(volumes_view(json::array(), true), "NAME  SIZE  STATE  BACKEND  ARRAY  ARRAY VOLUME  MOUNTPOINT\n");
  EXPECT_EQ(volumes_view(json::array(), false), "");
  EXPECT_EQ(names_view({kVolume, kVolume}), "web-data\nweb-data\n");
}

TEST(Views, ShowAllPlacesOfANameThatSeveralVolumesHave) {
  json volume = kVolume;
  volume["places"] = {{{"array", "A"}, {"backend", "DEFAULT"}, {"array_volume", "dcv-web-data"}}};
  EXPECT_EQ(volumes_view(json::array({volume}), false), volumes_view(json::array({kVolume}), false));
  volume["state"] = "ambiguous";
  volume["places"].push_back({{"array", "B"}, {"backend", "B1"}, {"array_volume", "dcv-web-data"}});
  EXPECT_EQ(volumes_view(json::array({volume}), false),
            "web-data  2 GiB  ambiguous  DEFAULT,B1  A,B  dcv-web-data  /opt/hpe/data/web-data\n");
  EXPECT_NE(details_view(json::array({volume})).find("\narray           A,B\n"), std::string::npos);
  volume["places"] = {1, "x"};
  EXPECT_EQ(volumes_view(json::array({volume}), false),
            "web-data  2 GiB  ambiguous  -  -  -  /opt/hpe/data/web-data\n");
}

TEST(Views, ShowEveryMemberOfAVolume) {
  const std::string one =
      "name            web-data\n"
      "state           mounted\n"
      "since           2026-01-31T13:00:00Z\n"
      "last error      -\n"
      "size            2 GiB\n"
      "created         2026-01-31T12:00:00Z\n"
      "backend         DEFAULT\n"
      "array           A\n"
      "array volume    dcv-web-data\n"
      "WWN             60002AC0\n"
      "UUID            u-1\n"
      "mountpoint      /opt/hpe/data/web-data\n"
      "mount ids       id1,id2\n"
      "detach pending  no\n";
  EXPECT_EQ(details_view({kVolume, kVolume}), one + "\n" + one);
  EXPECT_EQ(details_view(json::array()), "");
}

TEST(Views, ShowHowAVolumeIsReplicated) {
  json volume = kVolume;
  volume["replication"] = {
      {"group", "g1"},
      {"kind", "active/passive"},
      {"mode", "periodic"},
      {"state", "failed over"},
      {"serving_array", "B"},
      {"volume", {{"sync_status", "syncing"}, {"progress_percent", 40}, {"last_sync", "2026"}}},
      {"sites",
       {{{"array", "A"}, {"reachable", false}, {"role", ""}, {"state", "no route"}},
        {{"array", "B"}, {"reachable", true}, {"role", "primary"}, {"reversed", true}, {"state", "stopped"}}}}};
  const std::string shown = details_view(json::array({volume}));
  for (const char* line :
       {"\ngroup           g1\n", "\nreplication     active/passive, periodic\n", "\ngroup state     failed over\n",
        "\nserved by       B\n", "\ncopy            syncing (40 %), last at 2026\n",
        "\non array A      no answer (no route)\n", "\non array B      primary (reversed), stopped\n"})
    EXPECT_NE(shown.find(line), std::string::npos) << line << shown;
  volume["replication"] = {{"sites", {1}}, {"volume", 2}};
  EXPECT_NE(details_view(json::array({volume})).find("\ngroup           -\n"), std::string::npos);
}

TEST(Views, ShowCleanUpWork) {
  EXPECT_EQ(clean_up_view({{{"volume", "v2"},
                            {"task", "unmount"},
                            {"state", "unexporting"},
                            {"since", "2026-01-31T13:00:00Z"},
                            {"last_error", "array A: connection refused"},
                            {"array", "A"}},
                           {{"volume", ""}, {"group", "g1"}, {"task", "group"}, {"state", "locked"}, {"array", "A"}}},
                          true),
            "VOLUME  GROUP  ARRAY  TASK     STATE        SINCE                 LAST ERROR\n"
            "v2      -      A      unmount  unexporting  2026-01-31T13:00:00Z  array A: connection refused\n"
            "-       g1     A      group    locked       -                     -\n");
}

TEST(Views, SurviveADaemonThatTellsLessOrOtherThings) {
  const json strange = {{"name", 1}, {"size_gib", json::object()}, {"state", nullptr}, {"array", {1, "b"}}};
  EXPECT_EQ(volumes_view(json::array({strange}), false), "1  -  -  -  1,b  -  -\n");
  EXPECT_EQ(status_view({{"arrays", 1}, {"clean_up", "x"}}, false),
            "version          -\npid              -\nstate            -\nmounted volumes  -\nclean-up         0\n\n");
}

TEST(Views, WarnOfArraysThatAreNotUp) {
  EXPECT_EQ(silence_warnings({{{"name", "A"}, {"state", "unreachable"}, {"since", "2026"}, {"reason", "no\nroute"}}}),
            "array A is unreachable since 2026 (no?route); its volumes are shown as last seen\n");
  EXPECT_EQ(silence_warnings({{{"name", "A"}, {"state", "up"}, {"since", "2026"}, {"reason", "array A: no CPG"}}}),
            "array A could not be listed (array A: no CPG); its volumes are shown as last seen\n");
  EXPECT_EQ(silence_warnings(json::array()), "");
}

}  // namespace
}  // namespace hpe3par::ctl
