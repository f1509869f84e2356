#include "hpe3par/base/error.h"

#include <gtest/gtest.h>

namespace hpe3par {
namespace {

TEST(Error, ContextGoesInFrontAndKeepsKindAndCode) {
  const Error inner(ErrorKind::not_found, "CPG cpg9 does not exist", 15);
  const Error outer = inner.within("array A").within("cannot create v1");
  EXPECT_STREQ(outer.what(), "cannot create v1: array A: CPG cpg9 does not exist");
  EXPECT_EQ(outer.kind(), ErrorKind::not_found);
  EXPECT_EQ(outer.remote_code(), 15);
}

TEST(Error, KindsAreNamedAsGrpcNamesThem) {
  EXPECT_EQ(to_string(ErrorKind::failed_precondition), "failed_precondition");
  EXPECT_EQ(to_string(ErrorKind::deadline_exceeded), "deadline_exceeded");
}

}  // namespace
}  // namespace hpe3par
