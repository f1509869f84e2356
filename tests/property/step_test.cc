#include "tests/property/step.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace hpe3par::test {
namespace {

TEST(PropertyStep, IsReadAsItIsWritten) {
  for (const char* line :
       {"h1 create v1", "h2 mount v1 id1 &", "h1 crash mount.exported", "A mgmt_down", "op B 10", "links down",
        "links 1 down", "witness up", "witness A down", "clock 400", "settle", "h3 paths down", "h1 paths A up"})
    EXPECT_EQ(to_text(parse_step(line)), line);
}

TEST(PropertyStep, WhatIsNoneIsRefused) {
  for (const char* line :
       {"", "&", "h1", "h1 mount v1", "C down", "h4 list", "A sideways", "op B", "links", "clock", "settle now"})
    EXPECT_THROW(parse_step(line), std::invalid_argument) << line;
}

TEST(PropertyPlan, HasAThirdHostIfAnythingHappensThere) {
  EXPECT_EQ(hosts_of(parse_plan("synchronous; h1 list")), (std::vector<std::string>{"h1", "h2"}));
  EXPECT_EQ(hosts_of(parse_plan("synchronous; h3 list")), (std::vector<std::string>{"h1", "h2", "h3"}));
}

TEST(PropertyPlan, IsReadAsItIsWritten) {
  EXPECT_EQ(to_text(parse_plan("mirrored; settle")), "synchronous serve refuse mirrored; settle");
  const std::string text = "peer_persistence refuse_alone dead; h1 create v1; h1 mount v1 id1 &; A down";
  const Plan plan = parse_plan(text);
  EXPECT_TRUE(plan.persistent && !plan.peer_serves && plan.fences_dead);
  ASSERT_EQ(plan.steps.size(), 3U);
  EXPECT_TRUE(plan.steps[1].together);
  EXPECT_EQ(to_text(plan), text);
  EXPECT_THROW(parse_plan("asynchronous; h1 list"), std::invalid_argument);
}

}  // namespace
}  // namespace hpe3par::test
