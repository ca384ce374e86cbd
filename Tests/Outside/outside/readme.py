"""Reads README.md, for programs that do word for word what it says."""
import os

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../README.md")


def section(title):
    """The text below a heading of the second level."""
    with open(PATH, encoding="utf-8") as file:
        return file.read().split(f"## {title}\n")[1].split("\n## ")[0]


def code_blocks(title):
    """The indented blocks of a section, without their indentation; a blank line with code after it belongs to its block."""
    blocks, ended = [], True
    for line in section(title).splitlines():
        if line.startswith("    "):
            if ended:
                blocks.append([])
            blocks[-1].append(line[4:])
        elif not line and not ended:
            blocks[-1].append("")
            continue
        ended = not line.startswith("    ")
    return ["\n".join(block).rstrip() for block in blocks]
