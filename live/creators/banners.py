"""The banner of a creator's page: a wide picture that the creator uploads."""

from typing import BinaryIO

from django.db import transaction

from live.models import Creator
from people.pictures import Kind, forget_others, keep, prepare, take_up


def set_banner(creator: Creator, file: BinaryIO, size: int) -> str:
    """Make the file the banner of the creator's page and return its name. Raise PictureRefused; nothing is changed."""
    prepared = prepare(file, size, Kind.BANNER)
    with transaction.atomic():
        take_up(creator.user, prepared)
        Creator.objects.filter(pk=creator.pk).update(banner=prepared.name)
    keep(prepared)
    creator.banner = prepared.name
    return prepared.name


@transaction.atomic
def remove_banner(creator: Creator) -> None:
    """Delete the banner of the creator's page, if there is one."""
    forget_others(creator.user, "", Kind.BANNER)
    Creator.objects.filter(pk=creator.pk).update(banner="")
    creator.banner = ""
