#!/usr/bin/env bash
# Tests the flows of docker/node-red in a real Node-RED:
#
#   run.sh GATEWAY FOLDER     the program, and where Node-RED is installed (once; again when package-lock.json changed)
#
# Needs npm's registry for the installation, and nothing from outside after it.
set -euo pipefail
[ $# -eq 2 ] || {
  sed -n '2,6s/^# \{0,1\}//p' "$0" >&2
  exit 2
}
for program in node npm; do
  command -v $program >/dev/null || {
    echo "$program is missing; scripts/dependencies installs it" >&2
    exit 77
  }
done
GATEWAY=$(realpath -e "$1")
folder=$2
cd "$(dirname "$(realpath "$0")")"
# shellcheck source=tests/support/install_npm.sh
. ../support/install_npm.sh
SOURCE_ROOT=$(realpath ../..)
export GATEWAY SOURCE_ROOT

mkdir -p "$folder"
cp ./*.mjs package.json package-lock.json "$folder"
cd "$folder"
install_npm 'Node-RED'
unset "${!BLUETTI_@}"  # they would win over the test's configuration
exec node --test flow.test.mjs surplus.test.mjs
