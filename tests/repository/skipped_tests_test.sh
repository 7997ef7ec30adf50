#!/usr/bin/env bash
# Of the results of ctest, skipped_tests.py prints the tests that were skipped, and why.
set -euo pipefail
cd "$(dirname "$0")/../support"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat >"$folder/results.xml" <<'XML'
<testsuite name="sample">
  <testcase name="Runs" status="run"><system-out>fine</system-out></testcase>
  <testcase name="OfGoogleTest" status="notrun"><skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/><system-out>
[ RUN      ] Of.GoogleTest
test.cpp:52: Skipped
no bash here

[  SKIPPED ] 1 test, listed below:
</system-out></testcase>
  <testcase name="OfAScript" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/><system-out>needs root
</system-out></testcase>
  <testcase name="Failed" status="notrun"><skipped message="Unable to find executable"/></testcase>
  <testcase name="Silent" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/><system-out></system-out></testcase>
</testsuite>
XML
diff - <(./skipped_tests.py "$folder/results.xml") <<'TEXT'

Skipped:
  OfGoogleTest: no bash here
  OfAScript: needs root
  Silent: gives no reason
TEXT

echo '<testsuite><testcase name="Runs" status="run"/></testsuite>' >"$folder/results.xml"
[ -z "$(./skipped_tests.py "$folder/results.xml")" ]
