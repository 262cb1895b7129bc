"""A site with a brand of its own, and Otto's form for it."""

import pytest

from people.brand import forget_brand, site_brand
from people.models import Brand
from tests.people.branding import DAY, NIGHT, PAGE


@pytest.fixture
def applause(db):
    """Let this process keep a brand of its own."""
    Brand.objects.update(name="Applause & Co", accent_day=DAY, accent_night=NIGHT, support_email="hi@applause.test")
    forget_brand()
    return site_brand()


@pytest.fixture
def save(client, otto, settings, tmp_path, django_capture_on_commit_callbacks):
    """`save(name="Applause")` posts the form as Otto and returns the answer. Files are in a storage of the test."""
    settings.MEDIA_ROOT = tmp_path

    def save_(**changes):
        form = {"name": "Ovation", "accent_day": "", "accent_night": "", "reason": "Ours", **changes}
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(PAGE, form)

    return save_
