"""The commands in a Markdown file, and what it says that they print.

Blocks fenced as `sh` hold commands; those fenced as `console` hold commands behind "$ " with their output, in which `...`
stands for what is left out. Two kinds of comment speak to the test alone: `<!-- file: NAME -->` puts the block that
follows into a file, `<!-- run: COMMAND -->` does what the text only tells.
"""
import dataclasses
import re


@dataclasses.dataclass
class Step:
    line: int
    commands: list[str] = dataclasses.field(default_factory=list)
    output: str | None = None  # of the one command of a console block's part
    file: str | None = None  # to write `content` to, instead of commands
    content: str = ""


def joined(lines):
    """Whole commands, without comments and with their continuation lines."""
    commands, begun = [], ""
    for line in lines:
        if not begun and (not line.strip() or line.lstrip().startswith("#")):
            continue
        begun += re.sub(r"\s+# .*$", "", line)
        if begun.endswith("\\"):
            begun += "\n"
            continue
        commands.append(begun)
        begun = ""
    return commands


def console_steps(number, lines):
    steps = []
    for line in lines:
        if line.startswith("$ "):
            steps.append(Step(number, [line[2:]], ""))
        elif steps[-1].commands[0].endswith("\\"):
            steps[-1].commands[0] += "\n" + line
        else:
            steps[-1].output += line + "\n"
        number += 1
    return steps


def steps_of(text):
    steps, fence, block, start, file = [], None, [], 0, None
    for number, line in enumerate(text.splitlines(), 1):
        if fence is None:
            if hidden := re.fullmatch(r"\s*<!-- (file|run): (.*) -->", line):
                if hidden[1] == "file":
                    file = hidden[2]
                else:
                    steps.append(Step(number, [hidden[2]]))
            elif opening := re.fullmatch(r"(\s*)```(\w*)", line):
                fence, indent, block, start = opening[2], len(opening[1]), [], number + 1
        elif line.strip() == "```":
            if file:
                steps.append(Step(start, file=file, content="\n".join(block) + "\n"))
            elif fence == "sh":
                steps.append(Step(start, joined(block)))
            elif fence == "console":
                steps += console_steps(start, block)
            fence = file = None
        else:
            block.append(line[indent:])
    return steps
