#include "escapes.h"

#include <gtest/gtest.h>

namespace hpe3par::config {
namespace {

TEST(Escapes, DollarsAreReadAsOsloConfigReadsThem) {
  struct Row {
    std::string text;
    std::string read;
    bool found = false;
  };
  const std::vector<Row> rows = {{"", "", false},        {"a$b", "a$b", false},     {"a$$b", "a$b", true},
                                 {"a\\$b", "a$b", true}, {"$$$", "$$", true},       {"$$$$", "$$", true},
                                 {"\\$$", "$$", true},   {"${a}$", "${a}$", false}, {"a\\b", "a\\b", false}};
  for (const Row& row : rows) {
    std::string value = row.text;
    EXPECT_EQ(unescape_dollars(value), row.found) << row.text;
    EXPECT_EQ(value, row.read) << row.text;
  }
}

TEST(Escapes, TheWarningNamesTheFileOnlyForAPassword) {
  EXPECT_EQ(unescaped_text("loop_dir"), "loop_dir holds $$ or \\$, which is read as $, as HPE's plugin did");
  EXPECT_TRUE(unescaped_text("san_password").ends_with("; for a password that really holds it, use san_password_file"));
}

}  // namespace
}  // namespace hpe3par::config
