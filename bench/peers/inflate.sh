#!/usr/bin/env bash
# inflate.sh LANDING CORES GUNZIP...: what merely inflating the archives takes.
set -euo pipefail
landing=$1 cores=$2
shift 2
printf '%s\n' "$landing"/*.tar.gz | xargs -P "$cores" -n 1 "$@" >/dev/null
