"""Pages as a test reads them: with the white space that a browser shows.

A template breaks a line inside a tag, beside a block element or in a sentence, so that no line is over 120 characters.
A test compares what the page says, wherever its template breaks lines. A space between two inline elements is seen,
so it stays, and so does every line break in a `<textarea>` and a `<pre>`.
"""

import re
from functools import cached_property

# White space beside these tags isn't compared: their boxes begin and end lines, hold no text, or are icons.
BLOCK = re.compile(
    "address|article|aside|blockquote|body|br|caption|circle|col|colgroup|dd|details|dialog|div|dl|dt|fieldset|figcaption"
    "|figure|footer|form|g|h[1-6]|head|header|hgroup|hr|html|legend|li|line|link|main|meta|nav|ol|optgroup|option|p|path"
    "|polygon|polyline|pre|rect|script|section|style|summary|svg|table|tbody|td|template|tfoot|th|thead|title|tr|ul"
)
# A box within a line: white space at its inner edges isn't shown, white space beside it is.
BOX = re.compile("button|select")
# Elements within a line that hold no elements.
LEAF = re.compile("img|input|source|textarea|wbr")

TAG = r"""</?([a-zA-Z][\w-]*)(?:[^<>"']|"[^"]*"|'[^']*')*>"""
PIECE = re.compile(rf"<(textarea|pre|script|style)\b.*?</\1>|{TAG}|<!.*?>", re.DOTALL)
SPACE_IN_TAG = re.compile(r"""("[^"]*"|'[^']*')|\s+(?=/?>)|\s+""")


def as_shown(html):
    """Return a page with one space where a browser shows white space, and none where it doesn't."""
    line, end = Line(), 0
    for piece in PIECE.finditer(html):
        line.add_text(html[end : piece.start()])
        kept, name = piece.groups()
        line.add_tag(piece[0] if kept else _one_line(piece[0]), kept or name or "html")
        end = piece.end()
    line.add_text(html[end:])
    return "".join(line.pieces)


def _one_line(tag):
    if not re.search(r"\s", tag):
        return tag
    return SPACE_IN_TAG.sub(lambda found: found[1] or ("" if tag[found.end()] in "/>" else " "), tag)


class Line:
    """The pieces of a page. A space waits until a text follows: at the edge of a block or a box none is shown."""

    def __init__(self):
        self.pieces, self.starts = [], []
        self.is_edge, self.has_space = True, False

    def add_text(self, text):
        words = text.split()
        self.has_space = self.has_space or text[:1].isspace()
        if words:
            self._flush()
            self.pieces.append(" ".join(words))
            self.is_edge, self.has_space = False, text[-1].isspace()

    def add_tag(self, tag, name):
        if BLOCK.fullmatch(name):
            self._flush(has_space=False)
            self.pieces.append(tag)
            self.is_edge, self.has_space = True, False
        elif tag.startswith("</"):
            # A space before the end of an inline element is the same as one behind it.
            self._flush(has_space=False)
            self.pieces.append(tag)
            if BOX.fullmatch(name):
                self.is_edge, self.has_space = False, False
        elif BOX.fullmatch(name) or LEAF.fullmatch(name):
            self._flush()
            self.pieces.append(tag)
            self.is_edge, self.has_space = bool(BOX.fullmatch(name)), False
        else:
            # A space behind the start of an inline element is the same as one before it.
            self.starts.append(tag)

    def _flush(self, *, has_space=True):
        if has_space and self.has_space and not self.is_edge:
            self.pieces.append(" ")
        self.pieces += self.starts
        self.starts = []


def check_htmx(html):
    """Fail if a whole page uses htmx without loading it."""
    if "<html" in html and re.search(r'\shx-(get|post)="', html):
        assert "htmx" in html.partition("</head>")[0], "a page uses htmx: it needs _htmx.html in its block htmx"


class Shown:
    """The body of a page as it is shown, made when a test reads it: many read a status or an address alone."""

    def __init__(self, html, charset):
        self.html, self.charset = html, charset

    @cached_property
    def body(self):
        return as_shown(self.html).encode(self.charset)

    def __iter__(self):
        yield self.body


def shown(request):
    """Wrap the test client's request(): its pages are as a browser shows them. `as_sent` keeps the bytes.

    Pages that use htmx must load it: every page that a test opens is held to that.
    """

    def request_and_read(client, **options):
        response = request(client, **options)
        if not response.streaming:
            response.as_sent = response.content
            if response.headers.get("Content-Type", "").startswith("text/html"):
                html = response.as_sent.decode(response.charset)
                check_htmx(html)
                response._container = Shown(html, response.charset)
        return response

    return request_and_read
