#pragma once

namespace hpe3par::test {

/// Runs the tests in namespaces of their own: every mount is private, /run is an empty tmpfs, and when the program ends
/// (killed by ctest included) the kernel ends every process that a test left and drops every mount. Loop devices are
/// not covered by that.
///
/// Needs root; without it the program fails with the reason. Listing tests needs nothing.
/// @return exit status for main
int run_tests_in_private_namespace(int argc, char** argv);

}  // namespace hpe3par::test
