#!/usr/bin/python3
"""docs/trouble.md has a row for every warning and error that the running program logs and that `check` prints: what it
says is taken from the sources, so that a new message needs a row.

    messages_test.py [--list]      --list prints the messages instead
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
# A call that logs, or that collects what is logged or printed later.
CALLS = re.compile(r"spdlog::(?:warn|error|critical)\(|spdlog::log\([^;]*?level::(?:warn|err)\b|"
                   r"\b(?:warnings?|errors|messages)_?\.(?:push|emplace)_back\(")
LITERAL = r'"(?:[^"\\]|\\.)*"'
SHORTEST = 8  # of a piece by which a message can be told from others
# What stands behind a message's colon: why a certificate cannot be used, why a connection was not made.
REASONS = (("protocol/*.cpp", rf"(?:IdentityErrorKind::\w+|otherwise),\s*({LITERAL})"),
           ("gateway/mqtt/identity.cpp", rf"fmt::format\(\s*({LITERAL})"),
           ("gateway/mqtt/connection_advice.cpp", rf"^    {{({LITERAL}),"))


def texts_of(call):
    """The texts of a call's arguments; those that the compiler joins are one."""
    call = re.sub(rf'{LITERAL}(\s*{LITERAL})*', lambda found: '"' + "".join(
        text[1:-1] for text in re.findall(LITERAL, found[0])) + '"', call)
    return [text[1:-1].replace('\\"', '"').replace("\\n", "") for text in re.findall(LITERAL, call)]


def end_of(text, start):
    depth, at = 1, start
    while depth and at < len(text):
        if text[at] == '"':
            at = re.compile(LITERAL).match(text, at).end()
            continue
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        at += 1
    return at


def messages():
    for file in sorted((ROOT / "gateway").rglob("*.cpp")):
        text = re.sub(r"^\s*//.*$", "", file.read_text(), flags=re.M)
        for call in CALLS.finditer(text):
            begin = text.index("(", call.start()) + 1
            texts = [text for text in texts_of(text[begin:end_of(text, begin)]) if "{" in text or " " in text]
            # Those that only hand on a reason are told by it.
            if any(re.search("[a-z]{3}", re.sub(r"account|cloud", "", text)) for text in texts):
                yield f"{file.relative_to(ROOT)}:{text.count(chr(10), 0, call.start()) + 1}", texts


def reasons():
    for pattern, expression in REASONS:
        for file in sorted(ROOT.glob(pattern)):
            for found in re.finditer(expression, file.read_text(), re.M):
                if re.search("[a-z]{3}.*[a-z]{3}", found[1].replace("certificate {}", "")):
                    yield f"{file.relative_to(ROOT)}", [found[1][1:-1]]


def pieces_of_rows():
    """What the rows of the tables quote, in pieces that the program's texts must hold."""
    for line in (ROOT / "docs/trouble.md").read_text().splitlines():
        if line.startswith("|"):
            for quoted in re.findall(r"`([^`]+)`", line.split(" | ")[0]):
                yield [piece for piece in re.split(r"\s*\.\.\.\s*|\[\w+\] |\[cloud \w+\] |\d+", quoted) if len(piece) >= SHORTEST]


def main():
    found = [*messages(), *reasons()]
    if "--list" in sys.argv:
        print("\n".join(f"{place}: {' || '.join(texts)}" for place, texts in found))
        return 0
    rows = [pieces for pieces in pieces_of_rows() if pieces]
    missing = [f"{place}: docs/trouble.md has no row for '{texts[0]}'" for place, texts in found
               if not any(any(all(piece in text for piece in pieces) for text in texts) for pieces in rows)]
    print("\n".join(missing), file=sys.stderr)
    print(f"{len(found) - len(missing)} of {len(found)} messages are in docs/trouble.md")
    return 1 if missing or len(found) < 60 else 0


if __name__ == "__main__":
    sys.exit(main())
