# How everything is compiled: warnings, sanitizers, compiler cache.

option(FIRN_USE_CCACHE "Compile through ccache where it is installed" ON)
find_program(FIRN_CCACHE ccache)
if(FIRN_USE_CCACHE AND FIRN_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # Precompiled headers need ccache to look past their time stamps. Another checkout of the same
    # sources compiles to the same objects: paths count from the checkout.
    set(CMAKE_CXX_COMPILER_LAUNCHER
        ${CMAKE_COMMAND} -E env
        CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
        CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}
        CCACHE_NOHASHDIR=1
        ${FIRN_CCACHE})
endif()

add_library(firn_warnings INTERFACE)
target_compile_options(firn_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wold-style-cast -Wcast-qual
    -Woverloaded-virtual -Wconversion -Wno-sign-conversion -Werror
    # A designated initializer names what differs; the rest is left at its default on purpose.
    -Wno-missing-field-initializers
    # A precompiled header that does not fit costs time, not correctness.
    -Wno-error=invalid-pch)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC 12 sees uninitialised and overlapping reads inside optimised std::string and coroutine
    # frames that are not there (GCC bugs 105329, 105562, 105651). It inlines a frame's operator new
    # but not its delete, and then finds that they do not match.
    target_compile_options(firn_warnings INTERFACE
        -Wno-maybe-uninitialized -Wno-restrict -Wno-stringop-overflow -Wno-array-bounds
        -Wno-mismatched-new-delete)
endif()

if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    # Standard since C++14, yet off by default before clang 19.
    add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fsized-deallocation>)
endif()

if(FIRN_SANITIZE MATCHES "thread")
    # Asio's reference counts end with a fence, which TSan does not model: now and then it took the
    # last owner's delete for a race. Without std::atomic they acquire and release instead.
    add_compile_definitions(BOOST_ASIO_DISABLE_STD_ATOMIC)
endif()

add_library(firn_sanitizers INTERFACE)
if(FIRN_SANITIZE)
    target_compile_options(firn_sanitizers INTERFACE
        -fsanitize=${FIRN_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(firn_sanitizers INTERFACE -fsanitize=${FIRN_SANITIZE})
endif()

# Tests themselves go without UBSan and without optimising: what is to be examined are the layers, and
# a test compiled three times as long (README.md has the figures).
add_library(firn_test_sanitizers INTERFACE)
if(FIRN_SANITIZE)
    string(REPLACE ",undefined" "" of_tests ${FIRN_SANITIZE})
    target_compile_options(firn_test_sanitizers INTERFACE
        -fsanitize=${of_tests} -fno-omit-frame-pointer -fno-sanitize-recover=all -O0)
    target_link_options(firn_test_sanitizers INTERFACE -fsanitize=${FIRN_SANITIZE})
endif()

# A layer of the library: sources are listed where they live, includes start at the root.
# firn_layer(firn_storage) is firn::storage to whoever links it, here or after an installation.
function(firn_layer name)
    string(REPLACE "firn_" "" layer ${name})
    add_library(${name} STATIC)
    add_library(firn::${layer} ALIAS ${name})
    set_target_properties(${name} PROPERTIES EXPORT_NAME ${layer})
    target_include_directories(${name} PUBLIC
        $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
        $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/firn>)
    target_compile_features(${name} PUBLIC cxx_std_20)
    target_link_libraries(${name} PRIVATE
        $<BUILD_INTERFACE:firn_warnings> $<BUILD_INTERFACE:firn_sanitizers>)
endfunction()
