# Each shell script parses, and shellcheck (where it is installed) finds nothing to say about it.

file(GLOB_RECURSE scripts CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}
    ${PROJECT_SOURCE_DIR}/cmake/*.sh
    ${PROJECT_SOURCE_DIR}/tests/*.sh
    ${PROJECT_SOURCE_DIR}/perf/*.sh)
list(APPEND scripts .ci/run)
find_program(FIRN_SHELLCHECK shellcheck)

foreach(script IN LISTS scripts)
    add_test(NAME script_parses:${script} COMMAND bash -n ${script}
        WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(script_parses:${script} PROPERTIES LABELS fast)
    if(FIRN_SHELLCHECK)
        add_test(NAME shellcheck:${script} COMMAND ${FIRN_SHELLCHECK} ${script}
            WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
        set_tests_properties(shellcheck:${script} PROPERTIES LABELS fast)
    endif()
endforeach()
