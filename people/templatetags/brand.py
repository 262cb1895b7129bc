"""The brand in templates. These tags need no context: error pages and mails have none."""

from django import template

from people.brand import SiteBrand
from people.brand import site_brand as read_brand
from people.brand import site_name as read_name

register = template.Library()


@register.simple_tag
def site_name() -> str:
    return read_name()


@register.simple_tag
def site_slug() -> str:
    return read_brand().slug


@register.simple_tag
def site_brand() -> SiteBrand:
    """Return the whole brand: `{% site_brand as brand %}`."""
    return read_brand()
