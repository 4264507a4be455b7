#!/usr/bin/env bash
# Set-up: scripts/setup.sh PYTHON VENV base|dev
# Makes the environment VENV with everything pinned by hash, and Bitting in it. Missing Debian packages are
# installed when root, else named in one line.
set -euo pipefail
python=$1 venv=$2 flavour=$3
cd "$(dirname "$0")/.."

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }
die() { printf 'setup: %s\n' "$*" >&2; exit 1; }

need_packages() {
    local missing=()
    "$python" -c 'import sys' 2>/dev/null || missing+=(python3)
    "$python" -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
    command -v openssl >/dev/null || missing+=(openssl)
    ldconfig -p 2>/dev/null | grep -q 'libcrypto\.so\.3' || missing+=(libssl3)
    if [ "$flavour" = dev ]; then
        command -v wrk >/dev/null || missing+=(wrk)
        command -v git >/dev/null || missing+=(git)
    fi
    [ ${#missing[@]} -eq 0 ] && return
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say "installing Debian packages: ${missing[*]}"
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -qq
        apt-get install -y -qq "${missing[@]}" >/dev/null
    else
        die "please install: ${missing[*]}   (for instance: sudo apt-get install ${missing[*]})"
    fi
}

need_packages
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
    || die "$python is $("$python" -V 2>&1); Bitting needs Python 3.11 or newer (make PYTHON=python3.12 ...)"

if [ ! -x "$venv/bin/python" ]; then
    say "making the environment $venv"
    "$python" -m venv "$venv"
fi
say "installing the pinned packages ($flavour)"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "requirements/$flavour.txt"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
touch "$venv/.bitting"
if [ "$flavour" = dev ]; then touch "$venv/.bitting-dev"; fi
say "ready: $venv/bin/bitting"
