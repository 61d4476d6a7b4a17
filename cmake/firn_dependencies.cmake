# What Firn stands on, each from a distribution package (cmake/setup.sh installs them).
# The installed package looks its dependencies up by the same names: cmake/firn-config.cmake.in.

find_package(Threads REQUIRED)
find_package(Boost 1.81 CONFIG REQUIRED COMPONENTS headers json)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(spdlog REQUIRED)
find_package(fmt REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(lmdb REQUIRED IMPORTED_TARGET lmdb)
pkg_check_modules(lua REQUIRED IMPORTED_TARGET lua5.4)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET libzstd)
find_package(ZLIB REQUIRED)
find_package(CLI11 REQUIRED)
find_package(tomlplusplus REQUIRED)
if(FIRN_TESTS)
    find_package(Boost 1.81 CONFIG REQUIRED COMPONENTS unit_test_framework)
endif()

# Boost.Asio as compiled here: no deprecated parts, errors through boost::system.
add_library(firn_asio INTERFACE)
add_library(firn::asio ALIAS firn_asio)
target_link_libraries(firn_asio INTERFACE Boost::headers Threads::Threads)
target_compile_definitions(firn_asio INTERFACE BOOST_ASIO_NO_DEPRECATED)
