#!/usr/bin/env python3
"""Every piece of C++ in docs/library.md stands in an example, word for word: those are built and run by another test."""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
examples = {path: path.read_text() for path in sorted((root / "examples").glob("*.cpp"))}
pieces = re.findall(r"```cpp\n(.*?)```", (root / "docs/library.md").read_text(), re.DOTALL)
missing = [piece for piece in pieces if not any(piece in text for text in examples.values())]
for piece in missing:
    print("docs/library.md: in no example:", piece, sep="\n")
sys.exit(1 if missing or not pieces else 0)
