#!/usr/bin/env bash
# The root holds what CONTRIBUTING.md names, and nothing that a run has left behind.
set -euo pipefail
cd "$1"
git rev-parse --is-inside-work-tree >/dev/null 2>&1 || { echo 'not a clone: what is tracked is unknown'; exit 77; }
expected='^(CMakeLists\.txt|CMakePresets\.json|README\.md|LICENSE|CHANGELOG\.md|CONTRIBUTING\.md|SECURITY\.md|repository\.yaml'
expected+='|gateway|protocol|schemas|discovery|docker|tests|scripts|docs|examples'
expected+='|\.(ci|github|clang-format|clang-tidy|dockerignore|editorconfig|gitignore|gitattributes))$'
if found=$(git ls-files | cut -d/ -f1 | sort -u | grep -vE "$expected"); then
  echo "unexpected at the root: ${found//$'\n'/ }"
  exit 1
fi
