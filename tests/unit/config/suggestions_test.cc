#include "suggestions.h"

#include <gtest/gtest.h>

namespace hpe3par::config {
namespace {

TEST(Suggestions, OneWrongLetterInFourIsAMisspelling) {
  EXPECT_EQ(nearest_key("wsapi_sesions"), "wsapi_sessions");
  EXPECT_EQ(nearest_key("hp3par_usernam"), "hpe3par_username");
  EXPECT_EQ(nearest_key("HOST_NAME"), "host_name");
  EXPECT_EQ(nearest_key("hots_name"), "host_name");
  EXPECT_EQ(nearest_key("tiemout"), "timeout");
  EXPECT_EQ(nearest_replication_key("sync_perod"), "sync_period");
  EXPECT_EQ(nearest_replication_key("wsapi_sesions"), "wsapi_sessions");
  for (const char* name : {"ip", "san_1", "cpg2", "frobnicate", ""})
    EXPECT_EQ(nearest_replication_key(name), "") << name;
}

TEST(Suggestions, AWordThatMayBeAPasswordIsNotShown) {
  EXPECT_EQ(unknown_key_text("frobnicate", Before::plain), "unknown key frobnicate");
  EXPECT_EQ(unknown_key_text("frobnicate", Before::secret),
            "unknown key (it is not shown, since it may be part of the password before it)");
  EXPECT_EQ(unknown_key_text("hpe3par_cpgs", Before::secret),
            "unknown key (it is not shown, since it may be part of the password before it); did you mean hpe3par_cpg?");
  EXPECT_EQ(unknown_key_text("Frobnicate1", Before::plain),
            "unknown key (it is not shown, since it may be part of a password)");
  EXPECT_EQ(unknown_replication_key_text("Frobnicate1", Before::plain),
            "unknown key in replication_device (it is not shown, since it may be part of a password)");
}

TEST(Suggestions, ALongNameIsCut) {
  EXPECT_EQ(unknown_key_text(std::string(5000, 'x'), Before::plain), "unknown key " + std::string(100, 'x') + "…");
}

}  // namespace
}  // namespace hpe3par::config
