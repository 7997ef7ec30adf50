#!/usr/bin/env bash
# Of the results of ctest, skipped_tests.py prints the tests that were skipped, and why.
set -euo pipefail
cd "$(dirname "$0")/../support"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat >"$folder/results.xml" <<'XML'
<testsuite name="sample">
  <testcase name="Runs" status="run"><system-out>fine</system-out></testcase>
  <testcase name="Suite" status="notrun"><skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/><system-out>
[ RUN      ] Suite.Runs
[       OK ] Suite.Runs (0 ms)
[ RUN      ] Suite.NeedsBash
test.cpp:52: Skipped
no bash here

[  SKIPPED ] Suite.NeedsBash (0 ms)
[ RUN      ] Suite.NeedsRoot/1
test.cpp:60: Skipped
needs root

[  SKIPPED ] Suite.NeedsRoot/1, where GetParam() = 1 (0 ms)
[  PASSED  ] 1 test.
[  SKIPPED ] 2 tests, listed below:
[  SKIPPED ] Suite.NeedsBash
[  SKIPPED ] Suite.NeedsRoot/1, where GetParam() = 1
</system-out></testcase>
  <testcase name="OfAScript" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/><system-out>needs root
</system-out></testcase>
  <testcase name="Failed" status="notrun"><skipped message="Unable to find executable"/></testcase>
  <testcase name="Silent" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/><system-out></system-out></testcase>
</testsuite>
XML
diff - <(./skipped_tests.py "$folder/results.xml") <<'TEXT'

Skipped:
  Suite.NeedsBash: no bash here
  Suite.NeedsRoot/1: needs root
  OfAScript: needs root
  Silent: gives no reason
TEXT

echo '<testsuite><testcase name="Runs" status="run"/></testsuite>' >"$folder/results.xml"
[ -z "$(./skipped_tests.py "$folder/results.xml")" ]
