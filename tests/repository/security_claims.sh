#!/usr/bin/env bash
# Every test that docs/security.md names exists.
#
#   security_claims.sh ROOT
set -euo pipefail
cd "$1"
status=0
# shellcheck disable=SC2016  # that is how they are quoted
quoted='[`][A-Z][A-Za-z]+[.][A-Z][A-Za-z0-9]+[`]'
claims=$(grep -oE "$quoted" docs/security.md | tr -d '\140' | sort -u)
[ "$(wc -l <<<"$claims")" -gt 30 ] || { echo 'docs/security.md names hardly any test' >&2; exit 1; }
while IFS=. read -r suite name; do
  if [ "$suite" = Repository ]; then
    pattern="repository_test\\($name "
  else
    pattern="TEST(_F|_P)?\\($suite, $name\\)"
  fi
  grep -rqE "$pattern" tests --include='*.cpp' --include=CMakeLists.txt && continue
  echo "docs/security.md: there is no test $suite.$name" >&2
  status=1
done <<<"$claims"
exit $status
