# firn_injects_faults(target): for tests that compile support/fault_injection.cpp. It defines
# functions that the C library's headers may have as inline ones, and exports them to LMDB.
function(firn_injects_faults target)
    set_target_properties(${target} PROPERTIES ENABLE_EXPORTS ON)
    target_link_libraries(${target} PRIVATE ${CMAKE_DL_LIBS})
    get_target_property(sources ${target} SOURCES)
    list(FILTER sources INCLUDE REGEX "fault_injection\\.cpp$")
    set_source_files_properties(${sources} PROPERTIES
        SKIP_PRECOMPILE_HEADERS ON
        COMPILE_OPTIONS "-U_FORTIFY_SOURCE")
endfunction()

# Thousands of synced writes that test no disk: in memory they take a hundredth of the time.
function(firn_runs_in_memory)
    if(IS_DIRECTORY /dev/shm)
        set_tests_properties(${ARGN} PROPERTIES ENVIRONMENT TMPDIR=/dev/shm)
    endif()
endfunction()
