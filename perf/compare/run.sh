#!/usr/bin/env bash
# Compares Firn with its rivals on this machine and writes perf/compare/results/RESULTS.md.
#
#   perf/compare/run.sh                     everything, about an hour; let nothing else run
#   perf/compare/run.sh --quick             one short round, about ten minutes
#   perf/compare/run.sh --only umadb,nats --scenario 1,3
#   perf/compare/run.sh --smoke             Firn alone, tiny, no network; what ctest runs
#   perf/compare/run.sh --firn PATH         that program; else build/release/firn, built if need be
#   perf/compare/run.sh --output DIR        where the page goes
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)

firn='' in_process='' output='' smoke='' only='' rest=()
while (($#)); do
    case $1 in
        --firn) firn=$2; shift 2 ;;
        --in-process) in_process=$2; shift 2 ;;
        --output) output=$2; shift 2 ;;
        --only) only=$2; rest+=("$1" "$2"); shift 2 ;;
        -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; cd "$here"; exec python3 -m compare --help ;;
        --smoke) smoke=yes; rest+=("$1"); shift ;;
        *) rest+=("$1"); shift ;;
    esac
done

# What the smoke size cannot do without, apart from the program; 77 tells ctest that it was skipped.
if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))' 2>/dev/null; then
    echo "python3 is missing, or older than 3.9" >&2
    exit 77
fi
if [[ -z $firn ]]; then
    "$root/cmake/build.sh" release firn
    firn=$root/build/release/firn
fi
firn=$(realpath "$firn")
[[ $in_process ]] || in_process=$(dirname "$firn")/perf/firn_in_process

build=$root/build/compare
if [[ $smoke ]]; then
    if [[ -z $output ]]; then
        output=$(mktemp -d)
        trap 'rm -rf "$output"' EXIT
    fi
    output=$(realpath -m "$output")
else
    output=$(realpath -m "${output:-$here/results}")
    "$here/set_up.sh" "$build" "$only"
fi
cd "$here"
export PYTHONDONTWRITEBYTECODE=1
status=0
python3 -m compare --firn "$firn" --in-process "$in_process" --build "$build" \
    --output "$output" "${rest[@]}" || status=$?
exit $status
