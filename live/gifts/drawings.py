"""An SVG that an operator uploads, cleaned until a browser can only draw it.

svg-hush drops scripts, event attributes, foreign elements, `data:` URLs and hosts. The rest must be shapes, gradients,
masks and filters that refer to nothing outside the file; anything else is refused in words.
"""

import re
from collections.abc import Iterator
from xml.dom.minidom import Element, Text
from xml.sax import SAXException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml import DefusedXmlException, minidom, sax
from py_svg_hush import filter_svg

from people.pictures import PictureRefused

# Browsers load the art of many gifts in one room, and draw it again and again.
MOST_BYTES = 32_000
MOST_ELEMENTS = 500
DEEPEST = 50
# Elements that are drawn, counting each copy, mask and filter as often as an element refers to it.
MOST_DRAWN = 2_000
# The size that the file names, as art that comes along does: a canvas needs one.
SIDE = 96

FIGURES = {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"}
GRADIENTS = {"linearGradient", "radialGradient"}
FILTERS = {"filter", "feBlend", "feColorMatrix", "feComposite", "feDropShadow", "feFlood", "feGaussianBlur"}
FILTERS |= {"feMerge", "feMergeNode", "feOffset"}
KNOWN = {"svg", "g", "defs", "symbol", "use", "title", "desc", "stop", "clipPath", "mask", "style"}
KNOWN |= FIGURES | GRADIENTS | FILTERS

NUMBER = re.compile(r"-?(\d{1,6}(\.\d{1,9})?|\.\d{1,9})")
REFERENCE = re.compile(r"url\(\s*[\"']?([^\"')]*)", re.IGNORECASE)

# Attributes that browsers load and draw nothing by.
INERT = ("xmlns", "data-", "aria-")

NO_SVG = "That is no SVG that can be read. Export it again as plain SVG, or choose a PNG."
ENTITIES = "The SVG declares entities, which can blow up or read other files. Export it again as plain SVG."
ELSEWHERE = "The SVG refers to something outside of it. Export it with everything in one file."
RULES = "The style sheet in the SVG has an @ rule. Export it without movement and without fonts."
MASKS_BY_STYLE = "The style sheet in the SVG names a mask or a filter. Export it with “presentation attributes”."
CIRCLE = "Something in the SVG refers to itself. Export it again without it."
NOTHING = "Nothing in the SVG would be drawn. Export its shapes as paths."
NO_SIZE = "The SVG has neither a viewBox nor a size in pixels. Export it with one."


def cleaned(content: bytes) -> bytes:
    """Return the drawing alone, in UTF-8 and 96×96 pixels. Raise PictureRefused."""
    root = _kept(content)
    elements = [root, *root.getElementsByTagName("*")]
    _check(elements)
    _frame(root)
    for element in elements:
        _unindent(element)
    drawing = root.toxml("utf-8")
    if len(drawing) > MOST_BYTES:
        raise PictureRefused(
            f"The SVG has {len(drawing) / 1000:.0f} kB once it is cleaned, and {MOST_BYTES // 1000} are taken. "
            "Make it simpler, or choose a PNG."
        )
    return drawing


class Bounds(ContentHandler):
    """Refuses elements that lie too deep: svg-hush indents each, which would take memory without bounds."""

    depth = 0

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise PictureRefused(f"The SVG has more than {DEEPEST} elements inside each other. Make it simpler.")

    def endElement(self, name: str) -> None:
        self.depth -= 1


def _kept(content: bytes) -> Element:
    """Return the root of what svg-hush leaves. Raise PictureRefused."""
    try:
        # svg-hush expands entities, so they are refused before it reads them. A DTD is named and never loaded.
        sax.parseString(content, Bounds(), forbid_external=False)
        root = minidom.parseString(filter_svg(content)).documentElement
    except DefusedXmlException:
        raise PictureRefused(ENTITIES) from None
    except (SAXException, ValueError):
        raise PictureRefused(NO_SVG) from None
    if root is None or root.localName != "svg":
        raise PictureRefused(NO_SVG)
    return root


def _check(elements: list[Element]) -> None:
    """Refuse what gift art doesn't need, by what it is, what it refers to and how much it draws."""
    if len(elements) > MOST_ELEMENTS:
        raise PictureRefused(f"The SVG has {len(elements):,} elements, and {MOST_ELEMENTS} are taken. Make it simpler.")
    names = {element.localName for element in elements}
    if strange := sorted(names - KNOWN):
        raise PictureRefused(
            f"The SVG has “{strange[0][:40]}” in it. Gift art is made of still shapes, gradients, masks and filters: "
            "turn text into paths, and leave out links, movement and pictures inside."
        )
    if not names & FIGURES:
        raise PictureRefused(NOTHING)
    by_id = {element.getAttribute("id"): element for element in elements if element.hasAttribute("id")}
    for element in elements:
        if element.localName == "style":
            _check_rules("".join(node.data for node in element.childNodes if isinstance(node, Text)), by_id)
    if _drawn(elements[0], by_id, {}) > MOST_DRAWN:
        raise PictureRefused("The SVG draws too much by copies, masks or filters. Make it simpler.")


def _check_rules(css: str, by_id: dict[str, Element]) -> None:
    if "@" in css:
        raise PictureRefused(RULES)
    if "//" in css:
        raise PictureRefused(ELSEWHERE)
    for name in _names(css):
        if name in by_id and by_id[name].localName not in GRADIENTS:
            raise PictureRefused(MASKS_BY_STYLE)


def _names(value: str) -> Iterator[str]:
    """Yield the ids that an attribute or a style sheet refers to. Raise PictureRefused for any other reference."""
    for target in REFERENCE.findall(value):
        if not target.strip().startswith("#"):
            raise PictureRefused(ELSEWHERE)
        yield target.strip()[1:]


def _targets(element: Element, by_id: dict[str, Element]) -> Iterator[Element]:
    """Yield the elements that an element refers to."""
    for name, value in element.attributes.items():
        if name.startswith(INERT):
            continue
        if "//" in value or (name == "href" and not value.startswith("#")):
            raise PictureRefused(ELSEWHERE)
        for target in [value[1:]] if name == "href" else _names(value):
            if target in by_id:
                yield by_id[target]


def _drawn(element: Element, by_id: dict[str, Element], known: dict[Element, int]) -> int:
    """Return how many elements are drawn for one, with those it holds and refers to. Raise PictureRefused."""
    if element in known:
        if not known[element]:
            raise PictureRefused(CIRCLE)
        return known[element]
    known[element] = 0
    drawn = 1
    for other in _targets(element, by_id):
        drawn += _drawn(other, by_id, known)
    for child in element.childNodes:
        if isinstance(child, Element):
            drawn += _drawn(child, by_id, known)
    known[element] = drawn
    return drawn


def _unindent(element: Element) -> None:
    for node in list(element.childNodes):
        if isinstance(node, Text) and not node.data.strip():
            element.removeChild(node)


def _frame(root: Element) -> None:
    """Give the drawing a viewBox and a size of its own, so that it fills its place wherever it is shown."""
    box = root.getAttribute("viewBox").replace(",", " ").split()
    box = box or ["0", "0", *(root.getAttribute(name).removesuffix("px") for name in ("width", "height"))]
    if len(box) != 4 or not all(NUMBER.fullmatch(part) for part in box) or not min(map(float, box[2:])) > 0:
        raise PictureRefused(NO_SIZE)
    for name in ("x", "y", "preserveAspectRatio"):
        if root.hasAttribute(name):
            root.removeAttribute(name)
    root.setAttribute("viewBox", " ".join(box))
    root.setAttribute("width", str(SIDE))
    root.setAttribute("height", str(SIDE))
