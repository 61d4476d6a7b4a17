# cmake --install: the libraries, the headers, the program and find_package(firn).
#
# What an embedder links: firn::firn (the event store in your own program; today the same as
# firn::actors), or a layer by name: firn::storage, firn::actors, firn::service (adds HTTP).

include(CMakePackageConfigHelpers)

add_library(firn_firn INTERFACE)
add_library(firn::firn ALIAS firn_firn)
target_link_libraries(firn_firn INTERFACE firn_actors)

set(FIRN_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/firn)

set_target_properties(firn_firn PROPERTIES EXPORT_NAME firn)
set_target_properties(firn_asio PROPERTIES EXPORT_NAME asio)
install(TARGETS firn_firn firn_asio firn_storage firn_actors firn_service
    EXPORT firn_targets
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT firn_targets NAMESPACE firn:: DESTINATION ${FIRN_CMAKE_DIR})
if(TARGET firn)
    install(TARGETS firn RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()

# The commands are the program's own; what they are made of is not for embedders.
foreach(layer IN ITEMS storage actors service)
    install(DIRECTORY ${PROJECT_SOURCE_DIR}/${layer}
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/firn
        FILES_MATCHING PATTERN "*.hpp"
        PATTERN "cli" EXCLUDE)
endforeach()

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/firn-config.cmake.in
    ${PROJECT_BINARY_DIR}/firn-config.cmake
    INSTALL_DESTINATION ${FIRN_CMAKE_DIR})
# Before 1.0 a minor version may change what embedders see.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/firn-config-version.cmake
    COMPATIBILITY SameMinorVersion)
install(FILES
    ${PROJECT_BINARY_DIR}/firn-config.cmake
    ${PROJECT_BINARY_DIR}/firn-config-version.cmake
    DESTINATION ${FIRN_CMAKE_DIR})
