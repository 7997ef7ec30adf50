"""Finds what can be changed in a C++ file so that the change can be switched on at run time, and writes it in.

A place is a range of the file: the expression of a condition, a return, an initialisation or an assignment, or a whole
statement. A mutant of it is another text. `written()` puts all mutants of a file behind mutant(N), line by line where
they were, so that a compiler's errors name the line of the original.
"""
import collections
import re

Place = collections.namedtuple("Place", "begin end is_statement")
Mutant = collections.namedtuple("Mutant", "place line what text")

SWAPS = [(" == ", " != "), (" != ", " == "), (" < ", " >= "), (" >= ", " < "), (" > ", " <= "), (" <= ", " > "),
         (" < ", " <= "), (" <= ", " < "), (" > ", " >= "), (" >= ", " > "), (" && ", " || "), (" || ", " && "),
         (" + ", " - "), (" - ", " + "), (" * ", " / "), (" & ", " | "), ("min(", "max("), ("max(", "min(")]
NOT_STATEMENTS = re.compile(r"^(using|namespace|template|static_assert|typedef|friend|class|struct|enum|union|extern|"
                            r"throw|goto|break|continue|delete|operator)\b")


def masked(text):
    """The same length, with comments, directives and the insides of strings and characters blanked out."""
    out = list(text)

    def blank(begin, end, by=" "):
        for at in range(begin, min(end, len(out))):
            if out[at] != "\n":
                out[at] = by

    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|R"([^(]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9A-Fa-f])\'(?:\\.|[^\'\\\n])+\'|'
                         r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.S | re.M)
    for match in pattern.finditer(text):
        if match[0][0] in "\"'R":
            blank(match.start() + 1, match.end() - 1, "_")
        else:
            blank(match.start(), match.end())
    return "".join(out)


def balanced(code):
    depth = 0
    for c in code:
        depth += (c in "([") - (c in ")]")
        if depth < 0:
            return False
    return depth == 0


def closing(code, at):
    """Where the bracket that opens at `at` closes; -1: nowhere."""
    depth = 0
    for index in range(at, len(code)):
        depth += (code[index] in "([") - (code[index] in ")]")
        if depth == 0:
            return index
    return -1


def pieces(code):
    """(begin, end, what ends it, kind of the scope it is in)."""
    begin, depth, outer, scopes = 0, 0, [], ["file"]
    for at, c in enumerate(code):
        depth += (c in "([") - (c in ")]")
        if c == "{":
            yield begin, at, c, scopes[-1]
            head = code[begin:at].strip()
            is_type = re.match(r"^(template\s*<.*>\s*)?(class|struct|enum|union|namespace|extern)\b", head, re.S)
            is_body = re.search(r"(\)(\s*(const|noexcept|override|final|mutable))*(\s*->[\w:<>*&\s,]+)?|\belse|\bdo|\btry|\])$", head)
            is_body = is_body or re.search(r"\)\s*:\s*\w+", head) or (not head and scopes[-1] == "body")
            scopes.append("type" if is_type else "body" if is_body else "list")
            outer.append(depth)
            depth, begin = 0, at + 1
        elif c == "}" and outer:
            yield begin, at, c, scopes.pop()
            depth, begin = outer.pop(), at + 1
        elif c == ";" and depth == 0:
            yield begin, at, c, scopes[-1]
            begin = at + 1


def skip(code, begin, end):
    """`begin` after blanks and labels."""
    match = re.compile(r"\s*(?:(?:case\b[^:;]*(?:::[^:;]*)*|default|public|private|protected)\s*:(?!:)\s*)*").match(code, begin, end)
    return match.end()


def assigned(code, begin, end):
    """Where the one assignment of a piece is; None: there is none."""
    depth = 0
    for at in range(begin, end):
        c = code[at]
        depth += (c in "([") - (c in ")]")
        if c == "=" and depth == 0 and code[at + 1] != "=" and code[at - 1] not in "=!<>":
            return at
    return None


def last_clause(code, begin, end):
    """Of `init; condition`, or of the head of a loop, the condition."""
    parts = [begin] + [at + 1 for at in range(begin, end) if code[at] == ";"] + [end + 1]
    which = min(1, len(parts) - 2)
    first, last = skip(code, parts[which], parts[which + 1] - 1), parts[which + 1] - 1
    return None if assigned(code, first, last) is not None or first >= last else (first, last)


def places(text):
    """(Place, kind): condition, guard, expression, constant, statement."""
    code = masked(text)
    for begin, end, ender, scope in pieces(code):
        yield from places_of_piece(code, skip(code, begin, end), end, ender, scope)


def places_of_piece(code, begin, end, ender, scope):
    piece = code[begin:end].rstrip()
    end = begin + len(piece)
    head = re.match(r"(?:else\s+)?(if|while|for)\s*(?:constexpr\s*)?\(", piece)
    if head and scope == "body":
        close = closing(code, begin + head.end() - 1)
        if close < 0 or close > end or "constexpr" in head[0]:
            return
        clause = last_clause(code, begin + head.end(), close)
        rest = skip(code, close + 1, end)
        is_range = head[1] == "for" and ";" not in code[begin:close]
        if clause and not is_range:
            is_guard = ender == ";" and re.match(r"(return|continue|break)\b", code[rest:end])
            yield Place(*clause, False), "guard" if is_guard else "condition"
        if ender == ";" and rest < end:
            yield from places_of_piece(code, rest, end, ender, scope)
        return
    if ender not in ";" or not balanced(piece) or NOT_STATEMENTS.match(piece) or not piece:
        return
    returns = re.match(r"return\s+(?=\S)", piece)
    if returns and scope == "body":
        yield Place(begin + returns.end(), end, False), "expression"
        return
    equals = assigned(code, begin, end)
    if equals is not None:
        left, right = code[begin:equals].rstrip(), skip(code, equals + 1, end)
        if re.match(r"(delete|default|0)$", code[right:end]) and ")" in left:
            return
        is_assignment = " " not in left.rstrip("+-|&*/ ") and scope == "body"
        if is_assignment:
            yield Place(begin, end, True), "statement"
        if code[equals - 1] == " ":
            yield Place(right, end, False), "constant" if "constexpr" in left else "expression"
    elif scope == "body" and re.match(r"[\w:.\->\[\]*]+\(", piece) and piece.endswith(")"):
        yield Place(begin, end, True), "statement"
    elif scope == "body" and re.match(r"(\+\+|--)[\w.\->\[\]]+$", piece):
        yield Place(begin, end, True), "statement"


def flat(text):
    """On one line, without comments."""
    kept = "".join(" " if code == " " else c for c, code in zip(text, masked(text)))
    return re.sub(r"\s*\n\s*", " ", kept).strip()


def alternatives(original, kind):
    """(what, another text) for an expression or a statement."""
    code = masked(original)
    for old, new in SWAPS:
        for match in re.finditer(re.escape(old), code):
            if old[0] == " " or code[match.start() - 1:match.start()] in ("", ":", " ", "(", ".", "!"):
                yield f"{old.strip(' (')} -> {new.strip(' (')}", original[:match.start()] + new + original[match.end():]
    for match in re.finditer(r"\b(true|false)\b", code):
        new = "false" if match[0] == "true" else "true"
        yield f"{match[0]} -> {new}", original[:match.start()] + new + original[match.end():]
    for match in re.finditer(r"(?<![\w.'])(\d+)(ms|s|min|h|U)?(?![\w.'])", code):
        new = str(int(match[1]) + 1) + (match[2] or "")
        yield f"{match[0]} -> {new}", original[:match.start()] + new + original[match.end():]
    for match in re.finditer(r"(?<![\w)])!(?=[\w(])", code):
        yield "! left out", original[:match.start()] + original[match.end():]
    for match in re.finditer(r" \| [\w:]+", code):
        yield f"{match[0].strip()} left out", original[:match.start()] + original[match.end():]
    for match in re.finditer(r"(\+\+|--)(?=[\w])", code):
        yield f"{match[0]} exchanged", original[:match.start()] + ("--" if match[0] == "++" else "++") + original[match.end():]
    for match in re.finditer(r" (\+|-)= ", code):
        yield f"{match[0].strip()} exchanged", original[:match.start()] + (" -= " if match[1] == "+" else " += ") + original[match.end():]
    if kind in ("condition", "guard"):
        yield "condition negated", f"!({original})"
    if kind == "guard":
        yield "guard left out", "false"
    if kind == "statement":
        yield "statement left out", ""


def mutants(text):
    for place, kind in places(text):
        original = text[place.begin:place.end]
        line = text.count("\n", 0, place.begin) + 1
        seen = set()
        for what, changed in alternatives(original, kind):
            if changed not in seen and changed != original:
                seen.add(changed)
                yield Mutant(place, line, what, flat(changed))


def written(text, numbered):
    """The file with these mutants in it: (number, Mutant) pairs."""
    by_place = collections.defaultdict(list)
    for number, one in numbered:
        by_place[one.place].append((number, one.text))
    for place in sorted(by_place, reverse=True):
        original, chosen = text[place.begin:place.end], by_place[place]
        if place.is_statement:
            first = " else ".join(f"if (mutant({number})) {{ {other}; }}" for number, other in chosen)
            new = f"{{ {first} else {{ {original}; }} }}"
        else:
            first = "".join(f"mutant({number}) ? ({other}) : " for number, other in chosen)
            new = f"({first}({original}))"
        begin = text.rfind(";", 0, place.begin)
        head = text[max(begin, text.rfind("{", 0, place.begin), text.rfind("}", 0, place.begin)) + 1:place.begin]
        runtime = re.sub(r"\bstatic constexpr\b", "static inline const", head)
        runtime = re.sub(r"\bconstexpr\b", "const", runtime) if "=" in head and "if " not in head else head
        text = text[:place.begin - len(head)] + runtime + new + text[place.end:]
    first, _, rest = text.partition("\n")  # the licence: lines stay where they are
    assert first.startswith("// SPDX"), "a file begins with its licence"
    return '#include "tests/mutation/switch.h"\n' + rest
