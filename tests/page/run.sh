#!/usr/bin/env bash
# Tests the page in a real Chromium:
#
#   run.sh GATEWAY FOLDER [PICTURES]   the program, where its driver is installed (once; again when package-lock.json changed)
#                                      and, if wanted, a folder for pictures of the page
#
# Needs npm's registry for the installation, and nothing from outside after it.
set -euo pipefail
[ $# -ge 2 ] || {
  sed -n '2,7s/^# \{0,1\}//p' "$0" >&2
  exit 2
}
for program in node npm chromium; do
  command -v $program >/dev/null || {
    echo "$program is missing; scripts/dependencies --browser installs Chromium" >&2
    exit 77
  }
done
GATEWAY=$(realpath -e "$1")
folder=$2
PICTURES=${3-}
cd "$(dirname "$(realpath "$0")")"
# shellcheck source=tests/support/install_npm.sh
. ../support/install_npm.sh
SOURCE_ROOT=$(realpath ../..)
export GATEWAY SOURCE_ROOT PICTURES

mkdir -p "$folder"
cp ./*.mjs package.json package-lock.json "$folder"
cd "$folder"
install_npm 'the driver'
unset "${!BLUETTI_@}"  # they would win over the test's configuration
exec node --test page.test.mjs setup.test.mjs
