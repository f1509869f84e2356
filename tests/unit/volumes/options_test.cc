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
  EXPECT_EQ(refusal({{"provisioning", "dedup"}}), "option provisioning=dedup is not allowed; allowed: thin, full");
  EXPECT_EQ(refusal({{"backend", "SLOW"}}),
            "option backend=SLOW is not allowed; allowed: DEFAULT, FAST (the sections of hpe.conf)");
  const std::string name = " is not allowed; allowed: the name of a CPG: 1 to 31 letters, digits, '.', '_' or '-'";
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
  for (const std::string name : {"replicationGroup", "Size", "SIZE", "", "size "})
    EXPECT_EQ(refusal({{name, "1"}}), "option " + name +
                                          " is not known; allowed: size, provisioning, cpg, snapcpg, fsOwner, fsMode, "
                                          "mountConflictDelay, backend, help");
}

TEST_F(OptionsTest, GiveHelpWhateverElseIsTyped) {
  const std::string text = refusal({{"help", ""}, {"nonsense", "x"}});
  EXPECT_EQ(text, help_text(config));
  for (const char* word :
       {"size", "provisioning", "cpg", "snapcpg", "fsOwner", "fsMode", "mountConflictDelay", "DEFAULT FAST"})
    EXPECT_NE(text.find(word), std::string::npos) << word;
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
  EXPECT_EQ(normal({{"backend", "FAST"}}), (RawOptions{{"backend", "FAST"}}));
  EXPECT_EQ(normal({{"backend", "FAST"}, {"cpg", "FAST_cpg"}}), (RawOptions{{"backend", "FAST"}}));
  EXPECT_EQ(normal({{"backend", "FAST"}, {"cpg", "DEFAULT_cpg"}}),
            (RawOptions{{"backend", "FAST"}, {"cpg", "DEFAULT_cpg"}}));
}

TEST_F(OptionsTest, ComeBackFromTheRecord) {
  for (const RawOptions& raw : {RawOptions{}, RawOptions{{"size", "7"}, {"backend", "FAST"}},
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
  EXPECT_EQ(options.backend, "GONE");
}

TEST_F(OptionsTest, AreComparedInTheUsersTerms) {
  const VolumeOptions is = parse_options({{"size", "10"}, {"fsMode", "0700"}}, config);
  EXPECT_EQ(describe_differences(is, is), "");
  const VolumeOptions wanted = parse_options({{"size", "20"}, {"cpg", "cpg2"}, {"fsOwner", "1:2"}}, config);
  EXPECT_EQ(describe_differences(is, wanted),
            "cpg is DEFAULT_cpg, not cpg2; fsMode is 0700, not unset; size is 10, not 20; fsOwner is unset, not 1:2");
}

}  // namespace
}  // namespace hpe3par::volumes
