"""Lines that people type: invisible characters, direction marks and line breaks are removed."""

from people.text.counting import composed
from people.text.visible import one_line


def clean_line(text: str) -> str:
    """Return the text in NFC as one line: hidden characters and stacked marks left out, "" if nothing is visible."""
    return one_line(composed(text))
