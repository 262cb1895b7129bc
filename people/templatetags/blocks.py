"""Template tags about blocks."""

import re

from django import template
from django.template import Context
from django.template.loader_tags import BLOCK_CONTEXT_KEY

register = template.Library()


@register.filter(is_safe=True)
def one_line(text: str) -> str:
    """Replace each line break by one space: a value of an attribute keeps the line breaks of its template."""
    return re.sub(r"\s*\n\s*", " ", text)


@register.simple_tag(takes_context=True)
def same_as_block(context: Context, name: str) -> str:
    """Render a block of the page again, such as a title in its head. Django allows a block tag only once."""
    return context.render_context[BLOCK_CONTEXT_KEY].get_block(name).render(context)
