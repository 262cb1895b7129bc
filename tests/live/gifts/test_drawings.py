"""An uploaded SVG: what is left of it, and what is refused in words."""

from xml.etree import ElementTree

import pytest

from live.gifts.drawings import KNOWN, cleaned
from live.models import ART_DIR, art_choices
from people.pictures import PictureRefused
from tests.live.gifts.drawn import svg

PATH = '<path d="M0 0h8v8z"/>'


def tags(content):
    return [element.tag.rpartition("}")[2] for element in ElementTree.fromstring(content).iter()]


def test_a_drawing_has_a_size_of_its_own_and_fills_its_place():
    content = cleaned(svg(attributes='width="640" height="480" x="3" preserveAspectRatio="none"'))

    root = ElementTree.fromstring(content)
    assert content.startswith(b"<svg ")
    assert root.attrib == {"viewBox": "0 0 8 8", "width": "96", "height": "96"}
    assert tags(content) == ["svg", "path"]


def test_a_size_in_pixels_becomes_the_view_box():
    content = cleaned(b'<svg xmlns="http://www.w3.org/2000/svg" width="24px" height="16"><path d="M0 0h8"/></svg>')

    assert ElementTree.fromstring(content).get("viewBox") == "0 0 24 16"


@pytest.mark.parametrize(
    "active",
    [
        "<script>alert(1)</script>",
        '<script href="https://example.com/a.js"/>',
        '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></body></foreignObject>',
        "<metadata><x:xmpmeta xmlns:x='adobe:ns:meta/'>Made by hand</x:xmpmeta></metadata>",
        '<iframe xmlns="http://www.w3.org/1999/xhtml" src="https://example.com"/>',
        "<!-- <script>alert(1)</script> -->",
        "<?xml-stylesheet href='https://example.com/a.css'?>",
    ],
)
def test_active_and_foreign_parts_are_gone(active):
    assert tags(cleaned(svg(active + PATH))) == ["svg", "path"]


@pytest.mark.parametrize(
    "attribute",
    [
        'onclick="alert(1)"',
        'onload="alert(1)"',
        'xlink:href="javascript:alert(1)"',
        'href="https://example.com/"',
        'xml:base="https://example.com/"',
    ],
)
def test_attributes_that_run_or_load_are_gone(attribute):
    content = cleaned(svg(f'<path d="M0 0h8v8z" {attribute}/>'))

    assert ElementTree.fromstring(content)[0].attrib == {"d": "M0 0h8v8z"}


def test_gradients_masks_filters_styles_and_copies_stay():
    content = cleaned(
        svg(
            "<style>.a{fill:url(#g)}</style><defs><linearGradient id='g'><stop stop-color='red'/></linearGradient>"
            "<linearGradient id='h' xlink:href='#g'/><mask id='m'><rect width='8' height='8' fill='white'/></mask>"
            "<filter id='f'><feGaussianBlur stdDeviation='1'/></filter></defs>"
            "<g id='one' mask='url(#m)'><path class='a' filter='url(\"#f\")' d='M0 0h8v8z'/></g>"
            "<use xlink:href='#one' style='fill:url(#h)'/>"
        )
    )

    assert set(tags(content)) >= {"style", "mask", "filter", "linearGradient", "use"}
    assert b'href="#one"' in content and b"xlink:href" not in content


BOMB = '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
READS = '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("head", [BOMB, READS])
def test_entities_are_refused(head):
    with pytest.raises(PictureRefused, match="declares entities"):
        cleaned(head.encode() + svg("<title>&a;</title>" + PATH))


def test_a_document_type_alone_is_taken():
    head = b'<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/svg11.dtd">'

    assert tags(cleaned(head + svg())) == ["svg", "path"]


def nested(levels, of=10):
    """Return a drawing whose every level copies the one before it ten times."""
    groups = ["<g id='g0'><path d='M0 0h8'/></g>"]
    groups += [f"<g id='g{n}'>" + f"<use href='#g{n - 1}'/>" * of + "</g>" for n in range(1, levels)]
    return "".join(groups)


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        ("<text>Hello</text>" + PATH, "has “text” in it"),
        ("<path d='M0 0h8'><animate attributeName='x' to='9'/></path>", "has “animate” in it"),
        ("<a href='https://example.com'><path d='M0 0h8'/></a>", "has “a” in it"),
        ("<image href='data:image/png;base64,AAAA'/>" + PATH, "has “image” in it"),
        ("<pattern id='p'><path d='M0 0h8'/></pattern>" + PATH, "has “pattern” in it"),
        ("<use href='https://example.com/a.svg#one'/>" + PATH, "outside of it"),
        ("<use href='/accounts/logout/'/>" + PATH, "outside of it"),
        ("<path d='M0 0h8' fill='url(https://example.com/a.svg#one)'/>", "outside of it"),
        ("<path d='M0 0h8' style='mask:image-set(\"//example.com/a.png\" 1x)'/>", "outside of it"),
        ("<style>path{fill:url(/a.svg#one)}</style>" + PATH, "outside of it"),
        ("<style>path{mask:image-set('//example.com/a')}</style>" + PATH, "outside of it"),
        ("<style>@keyframes a{to{opacity:0}}</style>" + PATH, "has an @ rule"),
        ("<style>path{mask:url(#m)}</style><mask id='m'><path d='M0 0h8'/></mask>", "names a mask or a filter"),
        ("<g id='a'><use href='#a'/></g>" + PATH, "refers to itself"),
        (nested(9), "draws too much"),
        (PATH * 500, "has 501 elements, and 500 are taken"),
        ("<g>" * 49 + PATH + "</g>" * 49, "more than 50 elements inside each other"),
        ("<g/>", "Nothing in the SVG would be drawn"),
        (f"<path d='M0 0{'h1' * 20_000}'/>", "kB once it is cleaned, and 32 are taken"),
        ("<g>" + PATH, "no SVG that can be read"),
    ],
)
def test_what_is_no_still_drawing_is_refused_in_words(inside, words):
    with pytest.raises(PictureRefused, match=words):
        cleaned(svg(inside))


@pytest.mark.parametrize(
    "content", [b"<html><svg/></html>", b"<", b"", b'<g xmlns="http://www.w3.org/2000/svg"/>', b"<svg><path/></svg>"]
)
def test_what_is_no_svg_is_refused_in_words(content):
    with pytest.raises(PictureRefused, match="no SVG that can be read"):
        cleaned(content)


@pytest.mark.parametrize("box", ['viewBox="0 0 0 8"', 'viewBox="a b c d"', 'viewBox="0 0 1e99 8"', 'width="100%"', ""])
def test_a_drawing_without_a_size_is_refused(box):
    content = f'<svg xmlns="http://www.w3.org/2000/svg" {box}><path d="M0 0h8"/></svg>'.encode()

    with pytest.raises(PictureRefused, match="neither a viewBox nor a size"):
        cleaned(content)


def test_the_deepest_drawing_is_taken():
    assert tags(cleaned(svg("<g>" * 48 + PATH + "</g>" * 48))).count("g") == 48


@pytest.mark.parametrize("name", [name for name, _ in art_choices()])
def test_art_that_comes_along_would_be_taken(name):
    content = (ART_DIR / f"{name}.svg").read_bytes()

    assert set(tags(cleaned(content))) <= KNOWN
