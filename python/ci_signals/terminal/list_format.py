"""How `signals list` prints signals."""

from enum import StrEnum


class ListFormat(StrEnum):
    """text: a table on a terminal, else lines with tabs. json: one object per line. markdown: a table."""

    text = "text"
    json = "json"
    markdown = "markdown"
