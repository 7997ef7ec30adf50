#!/usr/bin/env python3
"""Names the tests that were skipped, each with the reason that it gave: skipped_tests.py RESULTS (JUnit, of ctest)"""
import re
import sys
import xml.etree.ElementTree


def reason(output):
    """What GoogleTest prints below "Skipped", or the last line."""
    given = re.search(r": Skipped\n(.+)", output)
    lines = output.split("\n")
    return given[1] if given else next((line for line in reversed(lines) if line.strip()), "gives no reason")


skipped = []
for test in xml.etree.ElementTree.parse(sys.argv[1]).iter("testcase"):
    mark = test.find("skipped")
    if mark is not None and mark.get("message", "").startswith("SKIP_"):  # else it could not be run, which is a failure
        skipped.append((test.get("name"), reason(test.findtext("system-out", ""))))
if skipped:
    print("\nSkipped:")
for name, why in skipped:
    print(f"  {name}: {why}")
