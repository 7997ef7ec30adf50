#!/usr/bin/env bash
# Every test has a name that people can read: parameters are printed as words, not as bytes of memory.
#
#   test_names.sh FOLDER      with the test programs
set -euo pipefail
shopt -s nullglob
programs=("$1"/*_test)
[ ${#programs[@]} -gt 0 ] || { echo "no test programs in $1" >&2; exit 1; }
status=0
for program in "${programs[@]}"; do
  dumps=$("$program" --gtest_list_tests | grep -E -- '-byte object <' || true)
  [ -z "$dumps" ] || { printf '%s prints parameters as bytes; give them a PrintTo():\n%s\n' "$program" "$dumps" >&2; status=1; }
done
exit $status
