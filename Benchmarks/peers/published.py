"""Where README shows what a run found: the chart and what it was measured with, between two remarks."""
from outside.plimsoll import CommandFailed

BEGIN = "<!-- make bench-peers PEERS=--publish writes what stands from here -->\n"
END = "<!-- to here -->\n"


def into(readme, chart, table, notes):
    """README's text with the chart and the notes in it; `chart` and `table` are paths from there."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise CommandFailed(f"README.md lacks the lines {BEGIN.strip()} and {END.strip()}")
    shown = f"![What peers take over what Plimsoll takes, question by question]({chart})\n\n" + "\n".join(f"- {note}" for note in notes)
    return f"{before}{begin}\n{shown}\n\nAll figures: [{table}]({table}).\n\n{end}{after}"
