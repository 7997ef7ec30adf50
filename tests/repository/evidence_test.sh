#!/usr/bin/env bash
# docs/evidence.md is what scripts/evidence makes of the data of today.
#
#   evidence_test.sh GATEWAY
set -euo pipefail
cd "$(dirname "$0")/../.."

page=$(scripts/evidence "$1") || exit
diff docs/evidence.md - <<<"$page" || {
  echo "run scripts/tables and commit docs/evidence.md"
  exit 1
}
