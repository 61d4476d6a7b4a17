#!/usr/bin/env bash
# Installs what Firn is built from, by package name: Debian 12 or newer, Ubuntu 24.04 or newer.
#
#   cmake/setup.sh [--with-tests] [--with-lint] [--with-fuzz]
#
#   --with-tests  also the clients that tests use: a browser without a window
#   --with-lint   also clang-format, clang-tidy and shellcheck, for cmake/check.sh
#   --with-fuzz   also clang with its sanitizer run-time, for the fuzz targets
#
# Does nothing, and needs neither network nor root, when everything is there.
#   FIRN_SETUP=skip            does nothing at all: you provide the packages yourself
#   FIRN_SETUP=allow-removal   lets apt-get remove packages that stand in the way
set -euo pipefail

packages=(g++ cmake ninja-build ccache pkg-config
    liblmdb-dev liblua5.4-dev libssl-dev libxxhash-dev libzstd-dev zlib1g-dev
    libspdlog-dev libfmt-dev libcli11-dev libtomlplusplus-dev
    python3 curl ca-certificates)
boost_oldest=1.81

say() { echo "setup: $*" >&2; }
fail() {
    say "$*"
    exit 1
}

is_installed() {
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}
has_candidate() {
    [ -n "$(apt-cache --quiet=0 policy "$1" 2>/dev/null | awk '/Candidate:/ && $2 != "(none)"')" ]
}

# Reads versions, prints the newest of them that is new enough; nothing if there is none.
newest_boost() {
    local newest="" version
    while read -r version; do
        if dpkg --compare-versions "$version" ge "${newest:-$boost_oldest}"; then
            newest=$version
        fi
    done
    echo "$newest"
}
boost_packages() {
    echo "libboost$1-dev" "libboost-json$1-dev" "libboost-test$1-dev"
}
# An installed Boost wins over a newer one: two of them cannot be installed side by side.
boost_installed() {
    { dpkg-query -W -f='${db:Status-Status} ${Package}\n' 'libboost1.*-dev' 2>/dev/null || true; } |
        sed -n 's/^installed libboost\(1\.[0-9]*\)-dev$/\1/p' | newest_boost
}
boost_available() {
    { apt-cache pkgnames libboost-json1. || true; } |
        sed -n 's/^libboost-json\(1\.[0-9]*\)-dev$/\1/p' | newest_boost
}

# Only Debian has such a package. Ubuntu's Chromium is a snap: there, its test is skipped.
browser_package() {
    if grep -qx 'ID=debian' /etc/os-release 2>/dev/null; then
        echo chromium-headless-shell
    fi
}

# The format of our sources is the one of clang-format 14; later ones differ in details.
lint_package() {
    if is_installed "$1-14" || has_candidate "$1-14"; then
        echo "$1-14"
    else
        echo "$1"
    fi
}
# The run-time has its own package, named after the version that `clang` stands for.
clang_runtime_package() {
    { apt-cache depends clang 2>/dev/null || true; } |
        sed -n 's/.*Depends: clang-\([0-9]*\)$/libclang-rt-\1-dev/p' | head -n 1
}

# Sets `wanted`, and `missing` to those of them that are not installed.
list_packages() {
    wanted=("${packages[@]}")
    local boost
    boost=$(boost_installed)
    boost=${boost:-$(boost_available)}
    # Without a version there is still a name to complain about.
    read -r -a boost_names <<<"$(boost_packages "${boost:-$boost_oldest}")"
    wanted+=("${boost_names[@]}")
    if [ "$with_lint" = yes ]; then
        wanted+=("$(lint_package clang-format)" "$(lint_package clang-tidy)" shellcheck)
    fi
    if [ "$with_fuzz" = yes ]; then
        wanted+=(clang)
        local runtime
        runtime=$(clang_runtime_package)
        wanted+=(${runtime:+"$runtime"})
    fi
    missing=()
    local package
    for package in "${wanted[@]}"; do
        is_installed "$package" || missing+=("$package")
    done
}

# As root, or through sudo; waits for another apt-get instead of failing beside it.
run_apt_get() {
    local prefix=()
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null ||
            fail "these packages are missing and you are neither root nor have sudo;" \
                "ask an administrator for: apt-get install ${missing[*]}"
        prefix=(sudo)
    fi
    "${prefix[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get -o DPkg::Lock::Timeout=300 "$@" >&2
}

install_missing() {
    say "missing: ${missing[*]}"
    say "apt-get update"
    # A foreign source that fails need not stop us: what matters is whether our packages are known.
    run_apt_get -qq update || say "apt-get update failed; going on with the lists that are here"
    list_packages  # which Boost there is, is known only now
    local package unknown=()
    for package in "${missing[@]}"; do
        has_candidate "$package" || unknown+=("$package")
    done
    if [ ${#unknown[@]} -gt 0 ]; then
        fail "apt knows no package ${unknown[*]}. Is there a network? Firn needs Debian 12 or newer" \
            "(main) or Ubuntu 24.04 or newer (main and universe) in /etc/apt."
    fi
    say "apt-get install ${missing[*]}"
    local removal=--no-remove
    [ "${FIRN_SETUP:-}" = allow-removal ] && removal=--yes
    run_apt_get -qq install --yes --no-install-recommends "$removal" "${missing[@]}" ||
        fail "apt-get could not install ${missing[*]}; its own words are above. If it wanted to" \
            "remove packages first (an older libboost-dev, for one) and that is fine with you:" \
            "FIRN_SETUP=allow-removal cmake/setup.sh"
    say "done"
}

# One test needs it, and is skipped without: so no failure here stops anything.
install_browser() {
    local browser
    browser=$(browser_package)
    if [ -z "$browser" ] || is_installed "$browser"; then
        return 0
    fi
    say "missing: $browser, which one test drives"
    missing=("$browser")
    # In a shell of its own, since it may give up.
    (
        has_candidate "$browser" || run_apt_get -qq update
        run_apt_get -qq install --yes --no-install-recommends --no-remove "$browser"
    ) || say "apt-get could not install $browser; the test that needs it will be skipped"
}

with_tests=no
with_lint=no
with_fuzz=no
for option in "$@"; do
    case $option in
        --with-tests) with_tests=yes ;;
        --with-lint) with_lint=yes ;;
        --with-fuzz) with_fuzz=yes ;;
        -h | --help)
            sed -n '2,/^set -/{/^set -/d;s/^# \{0,1\}//;p}' "$0"
            exit 0
            ;;
        *) fail "unknown option $option; cmake/setup.sh --help lists them" ;;
    esac
done

[ "${FIRN_SETUP:-}" = skip ] && exit 0
if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    fail "this is neither Debian nor Ubuntu. Install a C++20 compiler (g++ 12 or newer), CMake 3.22," \
        "Ninja, pkg-config, Boost $boost_oldest or newer (headers, JSON, Test), LMDB, Lua 5.4, OpenSSL, xxHash," \
        "zstd, zlib, fmt, spdlog, CLI11, toml++ and Python 3 in your way, then set FIRN_SETUP=skip."
fi
list_packages
if [ ${#missing[@]} -gt 0 ]; then
    install_missing
fi
if [ "$with_tests" = yes ]; then
    install_browser
fi
