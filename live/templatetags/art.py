"""The address of a gift's art: a drawing under static/, or a picture that an operator uploaded."""

from django import template

from live.gifts.art import art_url

register = template.Library()
register.filter("art_url", art_url)
