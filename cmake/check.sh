#!/usr/bin/env bash
# One command that checks all: cmake/check.sh [stage…]
#
#   format    clang-format finds nothing to change
#   tidy      clang-tidy finds nothing in our own files
#   asan      the tests but the slow ones under AddressSanitizer and UBSan
#   tsan      the same under ThreadSanitizer
#   fuzz      each fuzz target for FIRN_FUZZ_SECONDS (10) on from its seeds
#   release   everything but slow, as it is shipped; warnings are errors in each build
#
# Without a stage: all of them, in this order. A stage that fails stops none of the others; the
# last line names those that failed.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
jobs=${FIRN_JOBS:-$(nproc)}

first_of() {
    local name
    for name in "$@"; do
        if command -v "$name" >/dev/null; then
            echo "$name"
            return
        fi
    done
    echo "check: none of $* is here; cmake/setup.sh --with-lint installs them" >&2
    return 1
}

our_sources() {
    find storage actors service tests perf -type f \( -name '*.hpp' -o -name '*.cpp' \) | sort
}

check_format() {
    local format
    format=$(first_of clang-format-14 clang-format) || return 1
    our_sources | xargs -r "$format" --dry-run --Werror
}

# The tidy preset only configures: a compile database without ccache and precompiled headers.
check_tidy() {
    local tidy
    tidy=$(first_of clang-tidy-14 clang-tidy) || return 1
    cmake --preset tidy >/dev/null || return 1
    sed -n 's/^ *"file": "\(.*\)".*/\1/p' build/tidy/compile_commands.json |
        grep -v "^$PWD/build/" | sort -u |
        xargs -r -P "$jobs" -n 1 "$tidy" -p build/tidy --quiet --warnings-as-errors='*' \
            --extra-arg=-Wno-unknown-warning-option \
            --extra-arg=-fsized-deallocation 2> >(grep -v 'warnings\? generated' >&2)
}

# New inputs go into the build directory; a finding is left in it, too, as crash-… beside the log.
check_fuzz() {
    cmake/setup.sh --with-fuzz || return 1
    cmake --preset fuzz >/dev/null && cmake --build build/fuzz --parallel "$jobs" --target fuzzers ||
        return 1
    local seeds name corpus
    for seeds in tests/fuzz/seeds/*/; do
        name=$(basename "$seeds")_fuzzer
        corpus=build/fuzz/corpus/$name
        mkdir -p "$corpus"
        if ! "build/fuzz/tests/$name" -max_total_time="${FIRN_FUZZ_SECONDS:-10}" \
            -artifact_prefix="build/fuzz/" -print_final_stats=0 "$corpus" "$seeds" \
            >"build/fuzz/$name.log" 2>&1; then
            tail -n 40 "build/fuzz/$name.log"
            return 1
        fi
        echo "fuzz: $name: $(grep -o 'Done [0-9]* runs.*' "build/fuzz/$name.log")"
    done
}

check_asan() { FIRN_TEST_PRESET=asan cmake/test.sh --parallel "$jobs"; }
check_tsan() { FIRN_TEST_PRESET=tsan cmake/test.sh --parallel "$jobs"; }
check_release() { cmake/test.sh --parallel "$jobs"; }

stages=("$@")
if [ ${#stages[@]} = 0 ]; then
    stages=(format tidy fuzz asan tsan release)
fi
for stage in "${stages[@]}"; do
    if ! declare -F "check_$stage" >/dev/null; then
        echo "check: there is no stage $stage; there are: format tidy fuzz asan tsan release" >&2
        exit 2
    fi
done

cmake/setup.sh --with-lint || exit 1
failed=()
for stage in "${stages[@]}"; do
    echo "check: $stage"
    SECONDS=0
    if "check_$stage"; then
        echo "check: $stage passed in $SECONDS s"
    else
        echo "check: $stage FAILED after $SECONDS s"
        failed+=("$stage")
    fi
done
if [ ${#failed[@]} -gt 0 ]; then
    echo "check: FAILED: ${failed[*]}"
    exit 1
fi
