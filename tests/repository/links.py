#!/usr/bin/python3
"""Every relative link in the Markdown files leads to a file and, where it names one, to a heading in it; docs/README.md
lists every document of docs/."""
import os
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
failures = []


def without_code(text):
    return re.sub(r"^\s*```.*?^\s*```", "", text, flags=re.M | re.S)


def anchors_of(file):
    headings = re.findall(r"^#+ (.*)", without_code(file.read_text()), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def documents():
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in {".git", "build", "node_modules"}]
        yield from (pathlib.Path(folder) / name for name in names if name.endswith(".md"))


for document in documents():
    for target in re.findall(r"\]\(([^)\s]*)\)", without_code(document.read_text())):
        path, _, anchor = target.partition("#")
        if ":" in path:
            continue
        file = document.parent / path if path else document
        if not file.exists():
            failures.append(f"{document.relative_to(ROOT)}: there is no {target}")
        elif anchor and file.suffix == ".md" and anchor not in anchors_of(file):
            failures.append(f"{document.relative_to(ROOT)}: {path or document.name} has no heading #{anchor}")
index = (ROOT / "docs/README.md").read_text()
failures += [f"docs/README.md does not list {file.name}" for file in sorted((ROOT / "docs").glob("*.md"))
             if file.name != "README.md" and f"]({file.name})" not in index]
print("\n".join(failures), file=sys.stderr)
sys.exit(1 if failures else 0)
