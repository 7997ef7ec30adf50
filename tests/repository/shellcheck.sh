#!/usr/bin/env bash
# Runs shellcheck over every script of the repository. Exit code 77 (skipped) where shellcheck is not installed.
set -euo pipefail
cd "$(dirname "$0")/../.."

command -v shellcheck >/dev/null || { echo 'no shellcheck here'; exit 77; }
find scripts .ci tests docker -type f -exec grep -lE '^#!/(usr/bin/env bash|bin/sh)' {} + | sort | xargs shellcheck --external-sources
