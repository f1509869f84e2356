#include "hpe3par/wsapi/error_codes.h"

#include <gtest/gtest.h>

namespace hpe3par::wsapi {
namespace {

TEST(ErrorCodes, KnownNumbersDecideWhateverTheStatus) {
  EXPECT_EQ(kind_of(403, 5), ErrorKind::unauthenticated);
  EXPECT_EQ(kind_of(403, 13), ErrorKind::permission_denied);
  EXPECT_EQ(kind_of(404, 15), ErrorKind::not_found);
  EXPECT_EQ(kind_of(409, 22), ErrorKind::already_exists);
  EXPECT_EQ(kind_of(404, 23), ErrorKind::not_found);
  EXPECT_EQ(kind_of(400, 24), ErrorKind::resource_exhausted);
  EXPECT_EQ(kind_of(409, 26), ErrorKind::failed_precondition);
  EXPECT_EQ(kind_of(409, 151), ErrorKind::aborted);
  EXPECT_EQ(kind_of(409, 181), ErrorKind::already_exists);
  EXPECT_EQ(kind_of(403, 284), ErrorKind::failed_precondition);
}

TEST(ErrorCodes, UnknownNumbersAreJudgedByTheStatus) {
  EXPECT_EQ(kind_of(400, 9001), ErrorKind::invalid_argument);
  EXPECT_EQ(kind_of(403, 9001), ErrorKind::failed_precondition);
  EXPECT_EQ(kind_of(404, 9001), ErrorKind::not_found);
  EXPECT_EQ(kind_of(409, 0), ErrorKind::failed_precondition);
  EXPECT_EQ(kind_of(501, 9001), ErrorKind::unimplemented);
  EXPECT_EQ(kind_of(500, 9001), ErrorKind::unavailable);
  EXPECT_EQ(kind_of(302, 0), ErrorKind::internal);
}

TEST(ErrorCodes, BusyIsNotWhatItsNumberSaysElsewhere) {
  EXPECT_EQ(kind_of(503, 29), ErrorKind::resource_exhausted);
  EXPECT_EQ(kind_of(503, 1), ErrorKind::unavailable);
}

}  // namespace
}  // namespace hpe3par::wsapi
