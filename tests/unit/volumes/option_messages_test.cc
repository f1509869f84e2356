// What a person reads after a wrong option, word for word, in golden/option_messages.txt. After a wanted change:
// HPE3PAR_UPDATE_GOLDEN=1 build/dev/bin/volumes_unit_tests --gtest_filter='OptionMessages.*', and read the difference.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "hpe3par/base/error.h"
#include "hpe3par/volumes/options.h"

namespace hpe3par::volumes {
namespace {

using Typed = std::vector<std::pair<std::string, std::string>>;

const std::string kGolden = std::string(HPE3PAR_SOURCE_DIR) + "/tests/unit/volumes/golden/option_messages.txt";
constexpr std::size_t kLongestMessage = 1000;  // an Err has 1 KB, and names the volume in front

config::Config make_config() {
  config::Config config;
  for (const char* name : {"DEFAULT", "FAST"}) {
    config::BackendConfig backend;
    backend.name = name;
    backend.cpgs = {"cpg1"};
    config.backends.push_back(backend);
  }
  return config;
}

std::vector<Typed> plain_cases() {
  const std::map<std::string, std::vector<std::string>> wrong = {
      {"size", {"", "0", "16385", "-1", "1.5", "10G", "99999999999999999999"}},
      {"provisioning", {"", "Thin", "THIN", "tpvv"}},
      {"compression", {"", "yes"}},
      {"flash-cache", {"", "1"}},
      {"qos-name", {"", "-x", "a b", "aaaaaaaaaabbbbbbbbbbcccccccc"}},
      {"cpg", {"", "-x", "a b", "aaaaaaaaaabbbbbbbbbbccccccccccdd"}},
      {"snapcpg", {"", "a/b"}},
      {"fsType", {"", "EXT4", "ext3", "btrfs"}},
      {"fsOwner", {"", "root", "1", "1:", "1:2:3", "4294967295:0"}},
      {"fsMode", {"", "999", "u+x", "10000"}},
      {"mountConflictDelay", {"", "-1", "3601", "long"}},
      {"backend", {"", "SLOW"}},
      {"replicationGroup", {"", "-x", "a b", "aaaaaaaaaabbbbbbbbbbccc", "g1"}},
      {"help", {"me", "Backends"}},
  };
  std::vector<Typed> cases;
  for (const auto& [name, values] : wrong)
    for (const std::string& value : values) cases.push_back({{name, value}});
  cases.push_back({{"compression", "true"}, {"size", "15"}});
  cases.push_back({{"compression", "true"}, {"provisioning", "full"}});
  cases.push_back({{"help", ""}, {"size", "10"}});
  cases.push_back({{"help", "backends"}, {"backend", "FAST"}});
  cases.push_back({{"size", "1\n2"}});
  cases.push_back({{"cpg", std::string(300, 'x')}});
  return cases;
}

const char* const kExt4MkfsOptions[] = {"-F",
                                        "-S",
                                        "-n",
                                        "-U random",
                                        "-c",
                                        "-l /etc/passwd",
                                        "-d /etc",
                                        "-t ext2",
                                        "-e panic",
                                        "-z /tmp/undo",
                                        "-q",
                                        "/dev/sdb",
                                        "1g",
                                        "-b",
                                        "-b 512",
                                        "-b 1024 -b 4096",
                                        "-C 1.5g",
                                        "-E offset=4096",
                                        "-E discard",
                                        "-E lazy_itable_init=0",
                                        "-E mmp_update_interval=300",
                                        "-E root_owner=0:0",
                                        "-E test_fs",
                                        "-E stride=x",
                                        "-G x",
                                        "-i x",
                                        "-I 128",
                                        "-J device=/dev/sdb",
                                        "-J location=8",
                                        "-L a/b",
                                        "-m 60",
                                        "-N x",
                                        "-O ^has_journal",
                                        "-O journal_dev",
                                        "-O mmp",
                                        "-O none",
                                        "-O ^metadata_csum",
                                        "-O encrypt",
                                        "-T floppy",
                                        "-d agcount=8"};

const char* const kXfsMkfsOptions[] = {"-f",
                                       "-N",
                                       "-p proto",
                                       "-c options=x",
                                       "-r rtdev=/dev/sdb",
                                       "-m uuid=x",
                                       "-m crc=0",
                                       "-d name=/dev/sdb",
                                       "-d file",
                                       "-d size=300m",
                                       "-l logdev=/dev/sdb",
                                       "-l internal=0",
                                       "-b size=8192",
                                       "-i size=128",
                                       "-n version=ci",
                                       "-s size=1024",
                                       "-L aaaaaaaaaaaaa",
                                       "-q",
                                       "-O quota",
                                       "-m crc=1,crc=1"};

const char* const kExt4MountOptions[] = {"ro",
                                         "nobarrier",
                                         "barrier=0",
                                         "noload",
                                         "norecovery",
                                         "nouuid",
                                         "data=writeback",
                                         "errors=continue",
                                         "errors=panic",
                                         "noauto_da_alloc",
                                         "bind",
                                         "remount",
                                         "loop",
                                         "journal_dev=8:1",
                                         "sb=8193",
                                         "user",
                                         "x-systemd.automount",
                                         "defaults",
                                         "rw",
                                         "commit=0",
                                         "commit=1,commit=2",
                                         "noatime,relatime",
                                         "data=journal,delalloc",
                                         "logbufs=4",
                                         "nonsense"};

const char* const kXfsMountOptions[] = {"ro",          "nouuid",  "logdev=/dev/sdb", "logbufs=9",
                                        "logbsize=1k", "sunit=8", "commit=5",        "allocsize=x"};

const char* const kUnknownOptions[] = {"virtualCopyOf",
                                       "expirationHours",
                                       "retentionHours",
                                       "scheduleName",
                                       "scheduleFrequency",
                                       "snapshotPrefix",
                                       "expHrs",
                                       "retHrs",
                                       "cloneOf",
                                       "importVol",
                                       "filePersona",
                                       "fpg",
                                       "nfsOptions",
                                       "promote",
                                       "mount-volume",
                                       "snapshotOf",
                                       "sise",
                                       "Size",
                                       "fstype",
                                       "qos_name",
                                       "mountOption",
                                       "nonsense",
                                       ""};

std::vector<Typed> file_system_cases() {
  std::vector<Typed> cases;
  for (const char* words : kExt4MkfsOptions) cases.push_back({{"mkfsOptions", words}});
  for (const char* words : kXfsMkfsOptions) cases.push_back({{"fsType", "xfs"}, {"mkfsOptions", words}});
  for (const char* options : kExt4MountOptions) cases.push_back({{"mountOptions", options}});
  for (const char* options : kXfsMountOptions) cases.push_back({{"fsType", "xfs"}, {"mountOptions", options}});
  return cases;
}

std::vector<Typed> unknown_cases() {
  std::vector<Typed> cases;
  for (const char* name : kUnknownOptions) cases.push_back({{name, "x"}});
  cases.push_back({{"new\nline", "x"}});
  cases.push_back({{std::string(300, 'x'), "x"}});
  return cases;
}

std::string command(const Typed& typed) {
  std::string text;
  for (const auto& [name, value] : typed) text += (text.empty() ? "-o " : " -o ") + name + "=" + value;
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n')) text.replace(at, 1, "\\n");
  return text;
}

std::string message(const Typed& typed) {
  try {
    parse_options({typed.begin(), typed.end()}, make_config());
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_argument) << command(typed);
    return error.what();
  }
  ADD_FAILURE() << command(typed) << " was accepted";
  return "accepted";
}

std::string all_messages() {
  std::string text;
  for (const auto& cases : {plain_cases(), file_system_cases(), unknown_cases()})
    for (const Typed& typed : cases) {
      const std::string sentence = message(typed);
      EXPECT_LE(sentence.size(), kLongestMessage) << command(typed);
      for (const char c : sentence) EXPECT_TRUE(static_cast<unsigned char>(c) >= ' ' && c != 0x7F) << sentence;
      text += command(typed) + "\n    " + sentence + "\n\n";
    }
  return text;
}

TEST(OptionMessages, ReadAsInTheGoldenFile) {
  const std::string messages = all_messages();
  if (std::getenv("HPE3PAR_UPDATE_GOLDEN") != nullptr) std::ofstream(kGolden) << messages;
  std::ostringstream golden;
  golden << std::ifstream(kGolden).rdbuf();
  EXPECT_EQ(messages, golden.str());
}

}  // namespace
}  // namespace hpe3par::volumes
