#!/usr/bin/env bash
# Builds everything and runs the tests: cmake/test.sh [options of ctest…]
#
#   cmake/test.sh                  all but the tests labelled slow
#   cmake/test.sh -L slow          only those
#   cmake/test.sh -R journal -V    those whose name matches, with their output
#   FIRN_TEST_PRESET=asan cmake/test.sh     the same under another preset: asan, tsan, debug
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${FIRN_TEST_PRESET:-release}

selection=(-LE '^slow$')
for option in "$@"; do
    case $option in
        # The caller selects: no second selection beside it.
        -L* | -R* | -E* | -I* | --label* | --tests-* | --exclude* | --rerun-failed | --preset*)
            selection=()
            ;;
    esac
done

cmake/setup.sh --with-tests
cmake/build.sh "$preset"
exec ctest --preset "$preset" "${selection[@]}" "$@"
