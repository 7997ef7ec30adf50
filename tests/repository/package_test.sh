#!/usr/bin/env bash
# cpack refuses to make a .deb where it could not determine which libraries a program needs.
set -euo pipefail
complete=$(realpath ../../scripts/packaging/complete.cmake)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cmake=$(command -v cmake)

says() { PATH=$folder "$cmake" -DCPACK_GENERATOR="$1" -P "$complete" 2>&1; }
fail() { echo "$1" >&2; exit 1; }

for program in file dpkg-shlibdeps; do
  says DEB >/dev/null && fail "a package is made without $program"
  (says DEB || true) | grep -qF "'$program'" || fail "$program is not named"
  install -m 0755 /dev/null "$folder/$program"
done
says DEB || fail 'no package is made with all programs'
rm "$folder"/*
says TGZ || fail 'an archive needs them, too'
