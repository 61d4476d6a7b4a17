# Precompiled headers, one per layer that includes much of Boost (README.md says what they save).
# storage goes without: what it includes is light.

option(FIRN_USE_PCH "Precompile third-party headers" ON)
# firn_precompile(target <header>…): third-party headers only. Ours change too often, and a header
# that forgets an include is found by the test that compiles each one alone.
function(firn_precompile target)
    if(FIRN_USE_PCH)
        target_precompile_headers(${target} PRIVATE ${ARGN})
        if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
            # ccache finds out from the preprocessed source which precompiled header was used.
            target_compile_options(${target} PRIVATE -fpch-preprocess)
        endif()
    endif()
endfunction()

firn_precompile(firn_actors
    <boost/asio/any_io_executor.hpp>
    <boost/asio/awaitable.hpp>
    <boost/asio/co_spawn.hpp>
    <boost/asio/strand.hpp>
    <boost/asio/use_awaitable.hpp>)
firn_precompile(firn_service
    <boost/asio/awaitable.hpp>
    <boost/asio/co_spawn.hpp>
    <boost/asio/ip/tcp.hpp>
    <boost/asio/use_awaitable.hpp>
    <boost/beast/http.hpp>)
