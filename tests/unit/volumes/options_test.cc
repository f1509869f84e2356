#include "hpe3par/volumes/options.h"

#include <gtest/gtest.h>

#include "hpe3par/base/error.h"

namespace hpe3par::volumes {
namespace {

config::Config make_config() {
  config::Config config;
  for (const char* name : {"DEFAULT", "FAST"}) {
    config::BackendConfig backend;
    backend.name = name;
    backend.cpgs = {std::string(name) + "_cpg", "cpg2"};
    backend.snap_cpgs = {std::string(name) + "_snap"};
    config.backends.push_back(backend);
  }
  return config;
}

class OptionsTest : public testing::Test {
 protected:
  std::string refusal(const RawOptions& options) {
    try {
      parse_options(options, config);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::invalid_argument);
      return error.what();
    }
    return "accepted";
  }
  RawOptions normal(const RawOptions& options) { return to_record_options(parse_options(options, config), config); }

  config::Config config = make_config();
};

TEST_F(OptionsTest, HaveDefaults) {
  const VolumeOptions options = parse_options({}, config);
  EXPECT_EQ(options.size_gib, 100);
  EXPECT_EQ(options.provisioning, array::Provisioning::thin);
  EXPECT_EQ(options.backend, "DEFAULT");
  EXPECT_EQ(options.cpg, "DEFAULT_cpg");
  EXPECT_EQ(options.snap_cpg, "DEFAULT_snap");
  EXPECT_FALSE(options.owner_uid || options.owner_gid || options.mode);
  EXPECT_EQ(options.mount_conflict_delay, std::chrono::seconds(30));
}

TEST_F(OptionsTest, AreTakenAsTyped) {
  const VolumeOptions options = parse_options({{"size", "16384"},
                                               {"provisioning", "full"},
                                               {"backend", "FAST"},
                                               {"cpg", "a.b_c-d"},
                                               {"snapcpg", "s"},
                                               {"fsOwner", "1000:0"},
                                               {"fsMode", "2775"},
                                               {"mountConflictDelay", "0"},
                                               {"manager", "anything"}},
                                              config);
  EXPECT_EQ(options.size_gib, 16384);
  EXPECT_EQ(options.provisioning, array::Provisioning::full);
  EXPECT_EQ(options.backend, "FAST");
  EXPECT_EQ(options.cpg, "a.b_c-d");
  EXPECT_EQ(options.snap_cpg, "s");
  EXPECT_EQ(options.owner_uid, 1000U);
  EXPECT_EQ(options.owner_gid, 0U);
  EXPECT_EQ(options.mode, 02775U);
  EXPECT_EQ(options.mount_conflict_delay, std::chrono::seconds(0));
}

TEST_F(OptionsTest, AreRefusedWithWhatIsAllowed) {
  const std::string range = " is not allowed; allowed: a whole number of GiB from 1 to 16384";
  for (const std::string value : {"0", "16385", "-1", "+5", "1.5", "10G", "", " 1", "99999999999999999999"})
    EXPECT_EQ(refusal({{"size", value}}), "option size=" + value + range);
  EXPECT_EQ(refusal({{"provisioning", "Thin"}}), "option provisioning=Thin is not allowed; allowed: thin, full, dedup");
  EXPECT_EQ(refusal({{"backend", "SLOW"}}),
            "option backend=SLOW is not allowed; allowed: DEFAULT, FAST (the sections of hpe.conf)");
  const std::string name =
      " is not allowed; allowed: the name of a CPG: 1 to 31 letters, digits, '.', '_' or '-', not first a '-'";
  for (const std::string option : {"cpg", "snapcpg"})
    for (const std::string& value :
         {std::string(), std::string("-x"), std::string("a b"), std::string(32, 'c'), std::string("\xc3\xa4")})
      EXPECT_EQ(refusal({{option, value}}), "option " + option + "=" + value + name);
  for (const std::string value :
       {"", "1", "1:", ":1", "a:b", "-1:0", "1:2:3", "4294967295:0", "0:4294967295", "1:4294967296"})
    EXPECT_EQ(refusal({{"fsOwner", value}}),
              "option fsOwner=" + value + " is not allowed; allowed: UID:GID, two numbers");
  for (const std::string value : {"", "8", "10000", "000755", "u+x", "-1", "0x1"})
    EXPECT_EQ(refusal({{"fsMode", value}}),
              "option fsMode=" + value + " is not allowed; allowed: an octal mode such as 0755, at most 07777");
  for (const std::string value : {"-1", "3601", "x", ""})
    EXPECT_EQ(
        refusal({{"mountConflictDelay", value}}),
        "option mountConflictDelay=" + value + " is not allowed; allowed: a whole number of seconds from 0 to 3600");
}

TEST_F(OptionsTest, ThatAreNotKnownAreNamedWithThoseThatAre) {
  const std::string allowed =
      "; allowed: size, provisioning, compression, flash-cache, qos-name, replicationGroup, cpg, snapcpg, fsType, "
      "mkfsOptions, mountOptions, fsOwner, fsMode, mountConflictDelay, backend, help";
  EXPECT_EQ(refusal({{"", "1"}}), "option  is not known" + allowed);
  EXPECT_EQ(refusal({{"nonsense", "1"}}), "option nonsense is not known" + allowed);
  const std::vector<std::pair<std::string, std::string>> meant = {{"Size", "size"},
                                                                  {"SIZE", "size"},
                                                                  {"size ", "size"},
                                                                  {"sise", "size"},
                                                                  {"fstype", "fsType"},
                                                                  {"qosname", "qos-name"},
                                                                  {"backends", "backend"},
                                                                  {"mountoption", "mountOptions"},
                                                                  {"flash_cache", "flash-cache"},
                                                                  {"Help", "help"},
                                                                  {"fsowner", "fsOwner"},
                                                                  {"mountconflictdelay", "mountConflictDelay"}};
  for (const auto& [typed, guess] : meant)
    EXPECT_EQ(refusal({{typed, "1"}}), "option " + typed + " is not known (did you mean " + guess + "?)" + allowed);
}

TEST_F(OptionsTest, OfHpesPluginThatAreNotHereSayWhatIsMissing) {
  for (const char* name : {"virtualCopyOf", "cloneOf", "importVol", "snapshotPrefix", "scheduleName",
                           "scheduleFrequency", "expirationHours", "retentionHours", "expHrs", "retHrs", "filePersona",
                           "fpg", "promote", "mount-volume", "snapshotOf"}) {
    const std::string text = refusal({{name, "x"}, {"size", "wrong"}});
    EXPECT_TRUE(text.starts_with("option " + std::string(name) + " is not supported by this version: ")) << text;
  }
}

TEST_F(OptionsTest, GiveHelpWhenItStandsAlone) {
  const std::string text = refusal({{"help", ""}});
  EXPECT_EQ(text, help_text(config));
  for (const char* word :
       {"size", "provisioning", "compression", "flash-cache", "qos-name", "cpg", "snapcpg", "fsType", "mkfsOptions",
        "mountOptions", "fsOwner", "fsMode", "mountConflictDelay", "DEFAULT FAST", "help=backends"})
    EXPECT_NE(text.find(word), std::string::npos) << word;
  EXPECT_NE(refusal({{"help", ""}, {"size", "1"}}).find("help must stand alone"), std::string::npos);
  EXPECT_NE(refusal({{"help", "backends"}, {"size", "1"}}).find("help must stand alone"), std::string::npos);
}

TEST_F(OptionsTest, AskForBackendsWithExactlyThat) {
  EXPECT_TRUE(asks_for_backends({{"help", "backends"}}));
  for (const RawOptions& other : {RawOptions{}, RawOptions{{"help", ""}}, RawOptions{{"help", "Backends"}},
                                  RawOptions{{"backend", "backends"}}, RawOptions{{"help", "backends"}, {"size", "1"}}})
    EXPECT_FALSE(asks_for_backends(other));
  const std::string text = refusal({{"help", "backends"}});
  EXPECT_NE(text.find("FAST"), std::string::npos) << text;
  EXPECT_NE(text.find("unknown"), std::string::npos) << text;
}

TEST_F(OptionsTest, ShowBackendsAsATable) {
  EXPECT_EQ(backends_text({{"DEFAULT", "array1", "iscsi", "up", "2026-11-21T14:00:00Z", ""},
                           {"BACKUP_SITE", "10.0.0.2:8080", "fc", "unreachable", "", "no\nanswer"}}),
            "backends of this host:\n"
            "  NAME         ARRAY          TRANSPORT  STATE        SINCE                 REASON\n"
            "  DEFAULT      array1         iscsi      up           2026-11-21T14:00:00Z  -\n"
            "  BACKUP_SITE  10.0.0.2:8080  fc         unreachable  -                     no answer\n");
}

TEST_F(OptionsTest, ThatSwitchTakeTrueAndFalseInAnyCase) {
  for (const char* value : {"true", "True", "TRUE"}) {
    EXPECT_TRUE(parse_options({{"compression", value}}, config).compression);
    EXPECT_TRUE(parse_options({{"flash-cache", value}}, config).flash_cache);
  }
  for (const char* value : {"false", "False", "FALSE"}) {
    EXPECT_FALSE(parse_options({{"compression", value}, {"size", "1"}, {"provisioning", "full"}}, config).compression);
    EXPECT_FALSE(parse_options({{"flash-cache", value}}, config).flash_cache);
  }
  for (const std::string value : {"", "yes", "1", "on", " true"}) {
    EXPECT_EQ(refusal({{"compression", value}}),
              "option compression=" + value + " is not allowed; allowed: true, false");
    EXPECT_EQ(refusal({{"flash-cache", value}}),
              "option flash-cache=" + value + " is not allowed; allowed: true, false");
  }
}

TEST_F(OptionsTest, ThatNeedCompressionAreChecked) {
  EXPECT_TRUE(parse_options({{"compression", "true"}, {"size", "16"}}, config).compression);
  EXPECT_TRUE(parse_options({{"compression", "true"}, {"provisioning", "dedup"}}, config).compression);
  EXPECT_EQ(refusal({{"compression", "true"}, {"size", "15"}}),
            "option compression=true is not allowed together with size=15; allowed: size=16 and more");
  EXPECT_EQ(refusal({{"compression", "true"}, {"provisioning", "full"}}),
            "option compression=true is not allowed together with provisioning=full; allowed: provisioning=thin, "
            "provisioning=dedup");
}

TEST_F(OptionsTest, NameAVolumeSet) {
  for (const std::string& name : {std::string("gold"), std::string("a.b_c-d"), std::string(27, 'q'), std::string("_x")})
    EXPECT_EQ(parse_options({{"qos-name", name}}, config).qos_set, name);
  for (const std::string& name : {std::string(), std::string("-x"), std::string("a b"), std::string(28, 'q'),
                                  std::string("set:x"), std::string("\xc3\xa4")})
    EXPECT_TRUE(refusal({{"qos-name", name}}).starts_with("option qos-name=" + name + " is not allowed")) << name;
}

TEST_F(OptionsTest, OfTheFileSystemAreCheckedAgainstItsTypeWhateverTheirOrder) {
  const VolumeOptions xfs = parse_options(
      {{"fsType", "xfs"}, {"mkfsOptions", "  -d agcount=8\t-K "}, {"mountOptions", " noatime,, logbufs=4,noatime,"}},
      config);
  EXPECT_EQ(xfs.fs_type, "xfs");
  EXPECT_EQ(xfs.mkfs_options, (std::vector<std::string>{"-d", "agcount=8", "-K"}));
  EXPECT_EQ(xfs.mount_options, (std::vector<std::string>{"noatime", "logbufs=4"}));
  EXPECT_NE(refusal({{"mkfsOptions", "-d agcount=8"}}).find("fsType=ext4"), std::string::npos);
  EXPECT_NE(refusal({{"mountOptions", "logbufs=4"}}).find("fsType=ext4"), std::string::npos);
  EXPECT_NE(refusal({{"fsType", "xfs"}, {"mountOptions", "commit=5"}}).find("fsType=xfs"), std::string::npos);
  EXPECT_EQ(parse_options({{"mkfsOptions", ""}, {"mountOptions", ""}}, config), parse_options({}, config));
}

TEST_F(OptionsTest, AreRecordedOnlyWhereTheyDifferFromTheDefault) {
  EXPECT_EQ(normal({}), RawOptions());
  EXPECT_EQ(normal({{"size", "100"},
                    {"provisioning", "thin"},
                    {"backend", "DEFAULT"},
                    {"cpg", "DEFAULT_cpg"},
                    {"snapcpg", "DEFAULT_snap"},
                    {"mountConflictDelay", "30"},
                    {"manager", "x"}}),
            RawOptions());
  EXPECT_EQ(normal({{"size", "0020"}, {"fsMode", "755"}, {"fsOwner", "01:2"}}),
            (RawOptions{{"size", "20"}, {"fsMode", "0755"}, {"fsOwner", "1:2"}}));
  EXPECT_EQ(normal({{"compression", "False"},
                    {"flash-cache", "false"},
                    {"fsType", "ext4"},
                    {"mkfsOptions", " "},
                    {"mountOptions", ","}}),
            RawOptions());
  EXPECT_EQ(normal({{"compression", "TRUE"},
                    {"flash-cache", "True"},
                    {"qos-name", "gold"},
                    {"fsType", "xfs"},
                    {"mkfsOptions", "-dagcount=8   -K"},
                    {"mountOptions", "noatime , nodev,noatime"}}),
            (RawOptions{{"compression", "true"},
                        {"flash-cache", "true"},
                        {"qos-name", "gold"},
                        {"fsType", "xfs"},
                        {"mkfsOptions", "-d agcount=8 -K"},
                        {"mountOptions", "noatime,nodev"}}));
  EXPECT_EQ(normal({{"backend", "FAST"}}), (RawOptions{{"backend", "FAST"}}));
  EXPECT_EQ(normal({{"backend", "FAST"}, {"cpg", "FAST_cpg"}}), (RawOptions{{"backend", "FAST"}}));
  EXPECT_EQ(normal({{"backend", "FAST"}, {"cpg", "DEFAULT_cpg"}}),
            (RawOptions{{"backend", "FAST"}, {"cpg", "DEFAULT_cpg"}}));
}

TEST_F(OptionsTest, ComeBackFromTheRecord) {
  for (const RawOptions& raw : {RawOptions{}, RawOptions{{"size", "7"}, {"backend", "FAST"}},
                                RawOptions{{"compression", "true"}, {"flash-cache", "true"}, {"qos-name", "q"}},
                                RawOptions{{"fsType", "xfs"}, {"mkfsOptions", "-l size=64m"}},
                                RawOptions{{"mkfsOptions", "-b 1024"}, {"mountOptions", "commit=5,noatime"}},
                                RawOptions{{"cpg", "cpg2"}, {"snapcpg", "s"}, {"provisioning", "full"}},
                                RawOptions{{"fsOwner", "0:0"}, {"fsMode", "0000"}, {"mountConflictDelay", "3600"}}}) {
    const VolumeOptions options = parse_options(raw, config);
    EXPECT_EQ(from_record_options(to_record_options(options, config), config), options);
  }
}

TEST_F(OptionsTest, OfARecordThatMakeNoSenseFallBackToTheDefault) {
  const VolumeOptions options =
      from_record_options({{"size", "huge"}, {"fsOwner", "x"}, {"replicationGroup", "g"}, {"backend", "GONE"}}, config);
  EXPECT_EQ(options.size_gib, 100);
  EXPECT_FALSE(options.owner_uid);
  EXPECT_EQ(options.replication_group, "") << "the record has a place of its own for it";
  EXPECT_EQ(options.backend, "GONE");
}

// A record can be edited on the array, so nothing of it reaches mkfs or mount unchecked.
TEST_F(OptionsTest, OfTheFileSystemInARecordAreCheckedAgain) {
  const VolumeOptions options = from_record_options(
      {{"fsType", "xfs"}, {"mkfsOptions", "-f -l logdev=/dev/sda"}, {"mountOptions", "noatime,nouuid,commit=5"}},
      config);
  EXPECT_EQ(options.fs_type, "xfs");
  EXPECT_EQ(options.mkfs_options, std::vector<std::string>());
  EXPECT_EQ(options.mount_options, std::vector<std::string>{"noatime"});
}

TEST_F(OptionsTest, NameAGroupExactlyOnABackendThatReplicates) {
  config::ReplicationConfig replication;
  replication.cpg_map = {{"FAST_cpg", "far"}};
  config.backends[1].replication = replication;
  const RawOptions wanted = {{"backend", "FAST"}, {"replicationGroup", "g1"}};
  EXPECT_EQ(parse_options(wanted, config).replication_group, "g1");
  EXPECT_EQ(normal(wanted), (RawOptions{{"backend", "FAST"}})) << "the record has a place of its own for it";

  EXPECT_TRUE(refusal({{"backend", "FAST"}}).ends_with("is not replicated, choose backend=DEFAULT"));
  EXPECT_TRUE(refusal({{"replicationGroup", "g1"}}).ends_with("allowed with: backend=FAST"));
  EXPECT_TRUE(refusal({{"backend", "FAST"}, {"replicationGroup", "g1"}, {"cpg", "cpg2"}})
                  .ends_with("of CPG cpg2 go on the other array; allowed: FAST_cpg"));
  config.backends[1].replication->quorum_witness_ip = "10.0.0.9";
  EXPECT_EQ(parse_options(wanted, config).replication_group, "g1") << "Peer Persistence makes no difference";
  config.backends[1].replication.reset();
  EXPECT_TRUE(refusal({{"replicationGroup", "g1"}}).ends_with("allowed with: no backend of this hpe.conf"));
}

TEST_F(OptionsTest, AreComparedInTheUsersTerms) {
  const VolumeOptions is = parse_options({{"size", "10"}, {"fsMode", "0700"}}, config);
  EXPECT_EQ(describe_differences(is, is), "");
  const VolumeOptions wanted = parse_options({{"size", "20"}, {"cpg", "cpg2"}, {"fsOwner", "1:2"}}, config);
  EXPECT_EQ(describe_differences(is, wanted),
            "cpg is DEFAULT_cpg, not cpg2; fsMode is 0700, not unset; size is 10, not 20; fsOwner is unset, not 1:2");
  EXPECT_EQ(describe_differences(parse_options({}, config), parse_options({{"compression", "true"},
                                                                           {"flash-cache", "true"},
                                                                           {"fsType", "xfs"},
                                                                           {"mountOptions", "noatime,nodev"},
                                                                           {"mkfsOptions", "-K"},
                                                                           {"qos-name", "q"}},
                                                                          config)),
            "compression is false, not true; flash-cache is false, not true; fsType is ext4, not xfs; mkfsOptions is "
            "unset, not -K; mountOptions is unset, not noatime,nodev; qos-name is unset, not q");
}

}  // namespace
}  // namespace hpe3par::volumes
