# Compiles SOURCE with COMPILER and looks at the first error: it must hold what the source's first
# line says, "// Expected: <start of a sentence>". "// Expected: nothing" must compile.

file(STRINGS ${SOURCE} first_line LIMIT_COUNT 1)
string(REPLACE "// Expected: " "" sentence "${first_line}")

execute_process(COMMAND ${COMPILER} -std=c++20 -fsyntax-only -I${INCLUDES} ${SOURCE}
    RESULT_VARIABLE exit_code OUTPUT_VARIABLE output ERROR_VARIABLE output)

if(sentence STREQUAL "nothing")
    if(NOT exit_code EQUAL 0)
        message(FATAL_ERROR "It must compile, but:\n${output}")
    endif()
    return()
endif()
if(exit_code EQUAL 0)
    message(FATAL_ERROR "It compiles, but should be told: ${sentence}")
endif()
string(REGEX MATCH "[^\n]*error:[^\n]*" first_error "${output}")
string(FIND "${first_error}" "${sentence}" place)
if(place EQUAL -1)
    message(FATAL_ERROR "The first error is not \"${sentence}\" but:\n${first_error}\n\n${output}")
endif()
