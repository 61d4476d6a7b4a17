# firn_test(name SOURCES … [LIBRARIES …] [LABELS …] [TIMEOUT seconds]): one Boost.Test program and
# its ctest entry.
#
# Labels: every test is `fast` (a few seconds) unless it says `slow`; others, such as `contract`,
# come on top. A slow test takes its size from a FIRN_… variable, with the whole size as default,
# so that .ci/run can bound it.

add_library(firn_test_main STATIC ${PROJECT_SOURCE_DIR}/tests/support/test_main.cpp)
target_compile_definitions(firn_test_main PUBLIC BOOST_TEST_DYN_LINK)
target_link_libraries(firn_test_main PUBLIC Boost::unit_test_framework firn_test_sanitizers)

# Boost.Test is most of what a small test compiles (README.md has the figures). One precompiled
# header serves all tests; test_main.cpp stays out of it, since it defines BOOST_TEST_MODULE first.
if(FIRN_USE_PCH)
    file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/test_pch.cpp CONTENT "")
    add_library(firn_test_pch OBJECT ${PROJECT_BINARY_DIR}/test_pch.cpp)
    target_compile_definitions(firn_test_pch PRIVATE BOOST_TEST_DYN_LINK)
    target_link_libraries(firn_test_pch PRIVATE
        Boost::unit_test_framework firn_warnings firn_test_sanitizers)
    firn_precompile(firn_test_pch <boost/test/unit_test.hpp>)
endif()

# For a library of tests, too; it must be compiled with our warnings and sanitizers.
function(firn_test_precompiled target)
    if(FIRN_USE_PCH)
        target_precompile_headers(${target} REUSE_FROM firn_test_pch)
        if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
            target_compile_options(${target} PRIVATE -fpch-preprocess)
        endif()
    endif()
endfunction()

function(firn_test name)
    cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LIBRARIES;LABELS" ${ARGN})
    add_executable(${name} ${ARG_SOURCES})
    target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES} firn_test_main firn_warnings firn_test_sanitizers)
    firn_test_precompiled(${name})
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
    add_test(NAME ${name} COMMAND ${name})
    if(NOT "slow" IN_LIST ARG_LABELS)
        list(APPEND ARG_LABELS fast)
    endif()
    if(NOT ARG_TIMEOUT)
        set(ARG_TIMEOUT 300)
    endif()
    if(FIRN_SANITIZE)
        # Sanitizers make a test several times slower.
        math(EXPR ARG_TIMEOUT "4 * ${ARG_TIMEOUT}")
    endif()
    set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT})
endfunction()
