# firn_test(name SOURCES … [LIBRARIES …] [LABELS …]): one Boost.Test program and its ctest entry.

add_library(firn_test_main STATIC ${PROJECT_SOURCE_DIR}/tests/support/test_main.cpp)
target_compile_definitions(firn_test_main PUBLIC BOOST_TEST_DYN_LINK)
target_link_libraries(firn_test_main PUBLIC Boost::unit_test_framework firn_sanitizers)

function(firn_test name)
    cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LIBRARIES;LABELS" ${ARGN})
    add_executable(${name} ${ARG_SOURCES})
    target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES} firn_test_main firn_warnings firn_sanitizers)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
    add_test(NAME ${name} COMMAND ${name})
    if(NOT ARG_TIMEOUT)
        set(ARG_TIMEOUT 300)
    endif()
    set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT})
endfunction()
