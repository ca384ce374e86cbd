"""What `plimsoll demo` prints, taken apart: its legends, its line for another terminal, and the commands that it names."""
import re


def legends(text):
    """(what was printed above it, [figures]) of each legend."""
    found = []
    for part in text.split("── ")[1:]:
        above, _, below = part.partition("How to read it\n")
        if below:
            lines = below.split("\n  Every definition: ")[0].splitlines()
            found.append((above, [figure for line in lines for figure in re.split(r"\s{2,}", line.strip())[0].split(", ")]))
    return found


def indented(text):
    return [line.strip() for line in text.splitlines() if line.startswith("    ") and line.strip()]


def guide(text):
    """(the line for another terminal, the commands that then work)."""
    _, _, after = text.partition("Paste this into ")
    first, _, rest = after.partition("Then these work as they stand:")
    return indented(first), indented(rest)


def table_commands(section):
    """The commands of a table of README, as one would paste them."""
    return re.findall(r"\| `((?:plimsoll|curl) [^`]*)`", section)
