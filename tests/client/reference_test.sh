#!/usr/bin/env bash
# Makes the library's reference from its headers; a warning of Doxygen is an error, and so is a header it does not know.
#
#   reference_test.sh SOURCE
set -euo pipefail
command -v doxygen >/dev/null || { echo 'skipped: doxygen is not installed'; exit 77; }
cd "$1"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cat docs/Doxyfile; echo "OUTPUT_DIRECTORY = $folder") | doxygen - >"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
grep -q 'So many registers from the beginning' "$folder/html/classbluetti_1_1Client.html" ||
  { echo 'the comments of the headers are not in the reference'; exit 1; }
sed -n '/^set(public_headers/,/)/p' gateway/client/CMakeLists.txt | grep -oE '[a-z_]+\.h' | while read -r header; do
  grep -q "/$header" docs/Doxyfile || { echo "docs/Doxyfile does not name $header"; exit 1; }
done
