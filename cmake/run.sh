#!/usr/bin/env bash
# Builds the program where needed and serves: cmake/run.sh [options of `firn serve`…]
#
#   cmake/run.sh                         on 127.0.0.1:7070, data in ./firn-data
#   cmake/run.sh --listen 127.0.0.1:8080 --data /var/lib/firn
#   cmake/run.sh --help                  what else `firn serve` understands
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
"$root/cmake/build.sh" release firn
# Not from the source directory: paths in options are meant from where you stand.
exec "$root/build/release/firn" serve "$@"
