#!/usr/bin/env bash
# Fetches and builds each rival once: perf/compare/set_up.sh [DIRECTORY] [RIVAL,…]
#
# Everything goes into DIRECTORY (build/compare), by public package name, at the versions below. What
# is there already is left alone. A rival that cannot be had leaves RIVAL.absent there with the
# reason, which the page prints; the others go on. Says one line a rival.
# shellcheck disable=SC2317  # functions are called by their names
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
build=${1:-$root/build/compare}
only=${2:-}
jobs=${JOBS:-$(nproc)}

nats_server=v2.15.3
message_db=1.3.1
emmett=0.42.0
emmett_pongo=0.16.11
umadb=0.7.8
eventsourcing=9.5.6
# Crates: drivers/Cargo.toml.

mkdir -p "$build"
log=$build/set_up.log
: > "$log"

wanted() { [[ -z $only || ,$only, == *,"$1",* ]]; }

# outcome RIVAL COMMAND…: runs it, and keeps note of the reason if it fails.
outcome() {
    local rival=$1
    shift
    echo "== $rival: $*" >> "$log"
    if "$@" >> "$log" 2>&1; then
        rm -f "$build/$rival.absent"
        echo "$rival: ready"
    else
        [[ -s $build/$rival.absent ]] || tail -n 200 "$log" | grep -iE 'error|cannot|not found' | tail -n 1 \
            | cut -c1-200 > "$build/$rival.absent" || true
        [[ -s $build/$rival.absent ]] || echo "the set-up failed" > "$build/$rival.absent"
        echo "$rival: absent: $(cat "$build/$rival.absent")"
    fi
}

lacks() { # RIVAL REASON
    echo "$2" > "$build/$1.absent"
    return 1
}

# Debian packages, where this is Debian and we may.
package() {
    command -v "$1" > /dev/null && return 0
    [[ $EUID == 0 ]] && command -v apt-get > /dev/null || return 1
    apt-get install -y -q --no-install-recommends "$2"
}

driver() { # RIVAL: its load generator
    [[ -x $build/drivers/release/drive-$1 && -z $(find "$here/drivers" \( -name '*.rs' -o -name Cargo.toml \) -newer "$build/drivers/release/drive-$1") ]] && return 0
    command -v cargo > /dev/null || { lacks "$1" "cargo is not installed"; return 1; }
    (cd "$here/drivers" && CARGO_TARGET_DIR=$build/drivers \
        cargo build --release -j "$jobs" --bin "drive-$1" --features "$1")
}

python_package() { # RIVAL NAME VERSION
    [[ -x $build/python/bin/python ]] || python3 -m venv "$build/python" || { lacks "$1" "python3 -m venv failed"; return 1; }
    "$build/python/bin/python" -m pip install -q "$2==$3"
}

postgresql() { # RIVAL
    ls /usr/lib/postgresql/*/bin/postgres > /dev/null 2>&1 && return 0
    package postgres postgresql || { lacks "$1" "PostgreSQL is not installed (Debian package postgresql)"; return 1; }
}

set_up_firn() { driver firn; }

set_up_emmett() {
    postgresql emmett || return 1
    [[ -d $build/emmett/node_modules/@event-driven-io/emmett-postgresql ]] && return
    command -v npm > /dev/null || { lacks emmett "npm is not installed"; return 1; }
    npm install --silent --no-save --no-package-lock --prefix "$build/emmett" \
        "@event-driven-io/emmett@$emmett" "@event-driven-io/emmett-postgresql@$emmett" \
        "@event-driven-io/pongo@$emmett_pongo" pg@8
}

set_up_message_db() {
    postgresql message-db || return 1
    [[ -d $build/node_modules/@eventide/message-db ]] || {
        command -v npm > /dev/null || { lacks message-db "npm is not installed"; return 1; }
        npm install --silent --no-save --no-package-lock --prefix "$build" "@eventide/message-db@$message_db" || return 1
    }
    driver message-db
}

set_up_umadb() {
    package protoc protobuf-compiler || { lacks umadb "protoc is not installed (Debian package protobuf-compiler)"; return 1; }
    python_package umadb umadb "$umadb" && driver umadb
}

set_up_nats() {
    [[ -x $build/go/nats-server ]] || {
        command -v go > /dev/null || { lacks nats "go is not installed"; return 1; }
        GOBIN=$build/go GOFLAGS=-p=$jobs go install "github.com/nats-io/nats-server/v2@$nats_server" || return 1
    }
    driver nats
}

set_up_eventcore_postgres() { postgresql eventcore-postgres && driver eventcore-postgres; }

set_up_eventsourcing() { python_package eventsourcing eventsourcing "$eventsourcing"; }

package strace strace > /dev/null 2>&1 || echo "strace is not installed: flushes are not counted" >&2
package nginx nginx-light > /dev/null 2>&1 || echo "nginx is not installed: what the machine can do is said without it" >&2
outcome firn set_up_firn
wanted message-db && outcome message-db set_up_message_db
wanted emmett && outcome emmett set_up_emmett
wanted umadb && outcome umadb set_up_umadb
wanted nats && outcome nats set_up_nats
wanted eventcore-sqlite && outcome eventcore-sqlite driver eventcore-sqlite
wanted eventcore-postgres && outcome eventcore-postgres set_up_eventcore_postgres
wanted eventcore-memory && outcome eventcore-memory driver eventcore-memory
wanted eventsourcing && outcome eventsourcing set_up_eventsourcing
exit 0
