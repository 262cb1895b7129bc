"""Plain text with three marks, as an operator types it: an empty line, `# ` for a heading and `- ` for a list."""

from typing import NamedTuple

KINDS = {"#": "heading", "-": "list"}


class Block(NamedTuple):
    """A heading, a list or a paragraph. A list has its items as lines; the others have one line."""

    kind: str
    lines: list[str]


def blocks_of(text: str) -> list[Block]:
    """Return the blocks of a text. Lines that follow each other without an empty line between are one paragraph."""
    blocks: list[Block] = []
    is_new = True
    for line in text.splitlines():
        mark, _, words = line.strip().partition(" ")
        kind = KINDS.get(mark, "paragraph")
        if kind == "paragraph":
            words = line.strip()
        if not words:
            is_new = True
        elif kind == "list" and not is_new and blocks and blocks[-1].kind == "list":
            blocks[-1].lines.append(words)
        elif kind == "paragraph" and not is_new and blocks and blocks[-1].kind != "heading":
            blocks[-1].lines[-1] += f" {words}"
        else:
            blocks.append(Block(kind, [words]))
            is_new = False
    return blocks
