#include "hpe3par/host/local_host.h"

#include <gtest/gtest.h>

#include "hpe3par/base/uuid.h"

namespace hpe3par::host {
namespace {

TEST(LegalHostName, KeepsWhatArraysAllow) {
  EXPECT_EQ(legal_host_name("node-1.example_X"), "node-1.example_X");
}

TEST(LegalHostName, ReplacesOtherCharacters) {
  EXPECT_EQ(legal_host_name("a b/c:d"), "a-b-c-d");
}

TEST(LegalHostName, ReplacesEveryByteOfAnUmlaut) {
  EXPECT_EQ(legal_host_name("k\xc3\xb6ln"), "k--ln");
}

TEST(LegalHostName, DoesNotBeginWithADash) {
  EXPECT_EQ(legal_host_name("--/db1"), "db1");
}

TEST(LegalHostName, HasAtMost31Characters) {
  EXPECT_EQ(legal_host_name(std::string(40, 'a')), std::string(31, 'a'));
}

TEST(LegalHostName, IsNeverEmpty) {
  EXPECT_EQ(legal_host_name(""), "host");
  EXPECT_EQ(legal_host_name("///"), "host");
}

TEST(ShortHostName, IsLegalAndWithoutDomain) {
  const auto name = short_host_name();
  EXPECT_EQ(name, legal_host_name(name));
  EXPECT_EQ(name.find('.'), std::string::npos);
}

TEST(LoopInitiator, CarriesTheHostName) {
  EXPECT_EQ(loop_initiator("n1"), "iqn.2026-01.hpe3par.loop:n1");
}

TEST(BootId, IsAUuid) {
  EXPECT_TRUE(is_uuid(read_boot_id()));
}

}  // namespace
}  // namespace hpe3par::host
