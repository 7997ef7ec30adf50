#!/usr/bin/env python3
"""Names the tests that were skipped, each with the reason that it gave: skipped_tests.py RESULTS (JUnit, of ctest)"""
import re
import sys
import xml.etree.ElementTree


def reasons(test):
    """(name, why) of each test that GoogleTest skipped in it; of other tests its own name, and its last line."""
    output = test.findtext("system-out", "")
    given = re.findall(r": Skipped\n(.+)\n(?:.*\n)*?\[  SKIPPED \] ([^\s,]+)", output)
    last = next((line for line in reversed(output.split("\n")) if line.strip()), "gives no reason")
    return [(name, why) for why, name in given] or [(test.get("name"), last)]


skipped = []
for test in xml.etree.ElementTree.parse(sys.argv[1]).iter("testcase"):
    mark = test.find("skipped")
    if mark is not None and mark.get("message", "").startswith("SKIP_"):  # else it could not be run, which is a failure
        skipped += reasons(test)
if skipped:
    print("\nSkipped:")
for name, why in skipped:
    print(f"  {name}: {why}")
