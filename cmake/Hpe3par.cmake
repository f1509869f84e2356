include(GoogleTest)

# Options are attached to targets; nothing is set for the whole directory.
add_library(hpe3par_options INTERFACE)
target_compile_options(hpe3par_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual)
if(HPE3PAR_WERROR)
  target_compile_options(hpe3par_options INTERFACE -Werror)
endif()
if(HPE3PAR_SANITIZE)
  target_compile_options(hpe3par_options INTERFACE -fsanitize=${HPE3PAR_SANITIZE} -fno-omit-frame-pointer
                         -fno-sanitize-recover=all)
  target_link_options(hpe3par_options INTERFACE -fsanitize=${HPE3PAR_SANITIZE})
endif()

# add_module(name SOURCES a.cc … [DEPENDS modules …] [LIBRARIES third party …] [TESTS a_test.cc …])
#
# One static library hpe3par_<name> whose public headers are include/hpe3par/<name>/, and one test program
# <name>_unit_tests from tests/unit/<name>/. Third-party libraries stay private: they do not appear in public headers.
function(add_module name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS;LIBRARIES;TESTS" ${ARGN})
  set(target hpe3par_${name})
  add_library(${target} STATIC ${arg_SOURCES})
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR}/include PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${target} PRIVATE hpe3par_options ${arg_LIBRARIES})
  foreach(dependency ${arg_DEPENDS})
    target_link_libraries(${target} PUBLIC hpe3par_${dependency})
  endforeach()
  if(arg_TESTS)
    list(TRANSFORM arg_TESTS PREPEND ${PROJECT_SOURCE_DIR}/tests/unit/${name}/)
    add_unit_tests(${name} SOURCES ${arg_TESTS} LIBRARIES ${target} ${arg_LIBRARIES})
    target_include_directories(${name}_unit_tests PRIVATE ${CMAKE_CURRENT_SOURCE_DIR} ${PROJECT_SOURCE_DIR})
  endif()
endfunction()

# add_unit_tests(name SOURCES … LIBRARIES …): <name>_unit_tests, every case registered with ctest under the label "unit".
function(add_unit_tests name)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name}_unit_tests ${arg_SOURCES})
  target_link_libraries(${name}_unit_tests PRIVATE hpe3par_options ${arg_LIBRARIES} hpe3par_test_files GTest::gmock_main)
  gtest_discover_tests(${name}_unit_tests TEST_PREFIX "${name}/" DISCOVERY_MODE PRE_TEST
                       PROPERTIES LABELS unit TIMEOUT 120
                       ENVIRONMENT "TSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/tsan.supp")
endfunction()

# add_generated_manual(program section): man/<program>.<section> in the build directory, as the program itself writes it.
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/man ${CMAKE_BINARY_DIR}/completions)
function(add_generated_manual program section)
  set(page ${CMAKE_BINARY_DIR}/man/${program}.${section})
  add_custom_command(OUTPUT ${page} COMMAND ${program} --generate man > ${page} VERBATIM)
  add_custom_target(${program}_manual ALL DEPENDS ${page})
endfunction()
