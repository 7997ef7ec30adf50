#!/usr/bin/env bash
# Compares the library's binary interface with that of the last release, and fails on a break. Then checks that breaks
# would be noticed.
#
#   abi_test.sh LIBRARY HEADERS COMPILER            LIBRARY: built with -g
#   abi_test.sh --update LIBRARY HEADERS            renews libbluetti-client.abi.gz, after a release
set -euo pipefail
here=$(cd "$(dirname "$0")/abi" && pwd)
describe() { # LIBRARY HEADERS
  abidw --suppr "$here/inner.suppr" --headers-dir "$2" --drop-private-types --no-corpus-path --no-comp-dir-path \
    --no-show-locs "$1"
}
if [ "${1-}" = --update ]; then
  describe "$2" "$3" | gzip -9n >"$here/libbluetti-client.abi.gz"
  exit
fi
library=$1 headers=$2 compiler=$3
skip() { echo "skipped: $1"; exit 77; }
fail() { echo "$1"; exit 1; }
command -v abidiff >/dev/null || skip 'abidiff is not installed (abigail-tools)'
about=$("$compiler" -dumpmachine; "$compiler" -dumpversion; "$compiler" --version)
if ! [[ $about == x86_64-linux-gnu$'\n'12$'\n'*'Free Software Foundation'* ]]; then
  skip 'the description is that of GCC 12 on 64-bit x86'
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
gunzip -c "$here/libbluetti-client.abi.gz" >"$folder/released.abi"
compare() { abidiff --no-added-syms "$folder/released.abi" "$1"; }
describe "$library" "$headers" >"$folder/now.abi"
compare "$folder/now.abi" || fail 'The interface is broken: see docs/api-contract.md'

# A function that is gone, and a struct that has grown.
gone=_ZN7bluetti15library_versionEv
sed "/function-decl.*$gone/,/<\/function-decl>/d; /elf-symbol name='$gone/d" "$folder/released.abi" >"$folder/less.abi"
! compare "$folder/less.abi" >/dev/null || fail 'a function that is gone is not noticed'
sed -E "s/(class-decl name='CloudOptions' size-in-bits=')[0-9]+/\19999/" "$folder/released.abi" >"$folder/more.abi"
! compare "$folder/more.abi" >/dev/null || fail 'a struct that has grown is not noticed'
