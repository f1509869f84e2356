# What is installed, and the Debian package of it: `cpack --config build/release/CPackConfig.cmake`, see scripts/build-deb.
include(GNUInstallDirs)

# A package's files lie below /usr, and its configuration in /etc.
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)

install(TARGETS hpe3pard hpe3parctl RUNTIME DESTINATION sbin)
foreach(program hpe3pard hpe3parctl)
  # All symbols are looked up at the start, and cannot be bent later.
  target_link_options(${program} PRIVATE -Wl,-z,relro,-z,now)
endforeach()
install(FILES ${PROJECT_SOURCE_DIR}/packaging/hpe3pard.service DESTINATION lib/systemd/system)
install(FILES ${PROJECT_SOURCE_DIR}/packaging/hpe3pard.default DESTINATION /etc/default RENAME hpe3pard)
install(FILES ${CMAKE_BINARY_DIR}/completions/hpe3parctl DESTINATION share/bash-completion/completions)
install(FILES ${PROJECT_SOURCE_DIR}/config/hpe.conf.sample ${PROJECT_SOURCE_DIR}/packaging/compose.yaml
              ${PROJECT_SOURCE_DIR}/packaging/hpe.spec
        DESTINATION share/doc/hpe3pard/examples)
install(FILES ${PROJECT_SOURCE_DIR}/packaging/debian/copyright DESTINATION share/doc/hpe3pard)

# install_compressed(file destination name): as Debian wants it, and the same bytes at each build. package_files is the
# target of all that cpack packs.
find_program(GZIP gzip REQUIRED)
add_custom_target(package_files ALL DEPENDS hpe3pard hpe3parctl hpe3parctl_completion)
function(install_compressed file destination name)
  set(result ${CMAKE_BINARY_DIR}/package/${name}.gz)
  add_custom_command(
    OUTPUT ${result}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/package
    COMMAND ${GZIP} -9nc ${file} > ${result}
    DEPENDS ${file} VERBATIM)
  add_custom_target(package_${name} DEPENDS ${result})
  add_dependencies(package_files package_${name})
  install(FILES ${result} DESTINATION ${destination})
endfunction()
foreach(program hpe3pard hpe3parctl)
  install_compressed(${CMAKE_BINARY_DIR}/man/${program}.8 share/man/man8 ${program}.8)
endforeach()
install_compressed(${PROJECT_SOURCE_DIR}/packaging/debian/changelog share/doc/hpe3pard changelog)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME hpe3pard)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "The hpe3pard developers <hpe3pard@example.org>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Docker volumes on HPE 3PAR, Primera and Alletra arrays")
set(CPACK_PACKAGE_DESCRIPTION
    "A daemon that serves the volume plugin API of the Docker engine. Volumes live\non the array, plain or replicated to a second one, and everything that is\nknown of them is kept there.\n.\nhpe3parctl shows what the daemon does.")
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "e2fsprogs, init-system-helpers (>= 1.54)")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "ca-certificates, xfsprogs")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "docker.io")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    "${PROJECT_SOURCE_DIR}/packaging/debian/postinst;${PROJECT_SOURCE_DIR}/packaging/debian/prerm;${PROJECT_SOURCE_DIR}/packaging/debian/postrm;${PROJECT_SOURCE_DIR}/packaging/debian/conffiles")
include(CPack)
