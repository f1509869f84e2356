#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "hpe3par/base/error.h"

namespace hpe3par::test {

/// For fixtures: with what an act was refused.
class RefusalTest : public testing::Test {
 protected:
  /// Fails the test if nothing is thrown.
  ErrorKind kind_of(const std::function<void()>& action) {
    try {
      action();
    } catch (const Error& error) {
      sentence = error.what();
      return error.kind();
    }
    ADD_FAILURE() << "nothing was thrown";
    return ErrorKind::internal;
  }

  std::string sentence;  ///< of the last refusal
};

}  // namespace hpe3par::test
