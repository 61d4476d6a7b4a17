# The installed package works for a stranger.
add_test(NAME installed_package_serves_a_consumer
    COMMAND ${PROJECT_SOURCE_DIR}/tests/consumer/build_and_run.sh
        ${PROJECT_BINARY_DIR} ${CMAKE_CXX_COMPILER})
set_tests_properties(installed_package_serves_a_consumer PROPERTIES
    LABELS fast TIMEOUT 900 RUN_SERIAL ON)
