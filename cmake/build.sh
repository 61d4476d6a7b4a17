#!/usr/bin/env bash
# Sets up, configures and builds one preset: what run.sh and test.sh start with.
#
#   cmake/build.sh [preset [target…]]      default: release, everything
#
# FIRN_JOBS bounds the compilers at work. All output goes to stderr, errors last.
set -euo pipefail
cd "$(dirname "$0")/.."
exec 1>&2

# A translation unit full of templates takes more than a gigabyte: count memory, not only cores.
default_jobs() {
    local cores memory
    cores=$(nproc)
    memory=$(awk '/^MemAvailable/ {print int($2 / 1500000)}' /proc/meminfo)
    if [ "$memory" -lt "$cores" ]; then
        cores=$memory
    fi
    echo $((cores > 1 ? cores : 1))
}

preset=${1:-release}
shift || true
cmake/setup.sh
cmake --preset "$preset" >/dev/null
cmake --build "build/$preset" --parallel "${FIRN_JOBS:-$(default_jobs)}" ${1:+--target "$@"}
