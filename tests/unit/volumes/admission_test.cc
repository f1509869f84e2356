#include "admission.h"

#include <gtest/gtest.h>

namespace hpe3par::volumes {
namespace {

TEST(Admission, LetsInSoManyPerArrayAndOthersWhenTheyLeave) {
  Admission admission(2);
  std::optional<Admission::Pass> first = admission.try_enter("A");
  const std::optional<Admission::Pass> second = admission.try_enter("A");
  EXPECT_TRUE(first && second);
  EXPECT_FALSE(admission.try_enter("A"));
  EXPECT_TRUE(admission.try_enter("B"));
  first.reset();
  EXPECT_TRUE(admission.try_enter("A"));
}

}  // namespace
}  // namespace hpe3par::volumes
