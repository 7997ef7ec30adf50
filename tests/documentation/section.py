#!/usr/bin/python3
"""Prints the commands below a heading of a Markdown file, one a line, as scripts/check-first-hour runs them:

    section.py FILE HEADING
"""
import re
import sys

from markdown import steps_of

text = open(sys.argv[1]).read()
begin = re.search(rf"^## {re.escape(sys.argv[2])}$", text, re.M)
if not begin:
    sys.exit(f"{sys.argv[1]} has no heading '{sys.argv[2]}'")
end = text.find("\n## ", begin.end())
for step in steps_of(text[begin.end():end if end > 0 else None]):
    if not step.file:
        print("\n".join(command.replace("\\\n", " ") for command in step.commands))
