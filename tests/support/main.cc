#include "hpe3par_test/private_namespace.h"

int main(int argc, char** argv) {
  return hpe3par::test::run_tests_in_private_namespace(argc, argv);
}
