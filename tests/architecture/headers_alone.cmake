# Each header compiles alone, and twice: one source per header that includes nothing else.
# The sources are made here from a listing: a header that nobody listed must not escape the test.

file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}
    ${PROJECT_SOURCE_DIR}/storage/*.hpp
    ${PROJECT_SOURCE_DIR}/actors/*.hpp
    ${PROJECT_SOURCE_DIR}/service/*.hpp
    ${PROJECT_SOURCE_DIR}/tests/*.hpp
    ${PROJECT_SOURCE_DIR}/perf/*.hpp)

# In parts, since all of them take many minutes: .ci/run takes another part each day.
set(parts 3)
foreach(part RANGE 1 ${parts})
    set(sources_${part} "")
endforeach()
set(part 1)
foreach(header IN LISTS headers)
    string(REPLACE "/" "-" name ${header})
    set(source ${CMAKE_CURRENT_BINARY_DIR}/headers/${name}.cpp)
    # Written only when it changes, so that nothing is compiled again.
    file(CONFIGURE OUTPUT ${source} CONTENT "#include \"${header}\"\n#include \"${header}\"\n")
    list(APPEND sources_${part} ${source})
    math(EXPR part "${part} % ${parts} + 1")
endforeach()

foreach(part RANGE 1 ${parts})
    add_library(firn_headers_alone_${part} OBJECT EXCLUDE_FROM_ALL ${sources_${part}})
    target_include_directories(firn_headers_alone_${part} PRIVATE ${PROJECT_SOURCE_DIR})
    target_link_libraries(firn_headers_alone_${part} PRIVATE
        firn_storage firn_actors firn_service firn_warnings
        OpenSSL::Crypto spdlog::spdlog CLI11::CLI11 tomlplusplus::tomlplusplus ZLIB::ZLIB
        PkgConfig::lmdb PkgConfig::lua PkgConfig::xxhash PkgConfig::zstd
        Boost::unit_test_framework)
    # Nothing of it runs: no time is spent on optimising.
    target_compile_options(firn_headers_alone_${part} PRIVATE -O0 -g0)

    add_test(NAME headers_compile_alone_${part}
        COMMAND ${CMAKE_COMMAND} --build ${PROJECT_BINARY_DIR} --target firn_headers_alone_${part})
    set_tests_properties(headers_compile_alone_${part} PROPERTIES
        LABELS fast TIMEOUT 1800 RUN_SERIAL ON)
endforeach()
