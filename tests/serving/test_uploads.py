"""Bodies that are larger than their view takes: refused unread, in the words of the form, with the way back to it."""

import pytest

from config.bodies import A_CATALOG, A_GIFT, A_PICTURE, LARGEST, LARGEST_IMPORT, LARGEST_PICTURE
from live.admin import gift_import
from live.admin.gift_import import GiftImportForm
from live.forms.studio import BannerForm
from live.gifts import art
from people import pictures
from people.brand_admin import BrandForm
from people.forms import PictureForm

pytestmark = [pytest.mark.once, pytest.mark.django_db]
BRAND, CATALOG, GIFT = "/admin/people/brand/1/change/", "/admin/live/gift/import/", "/admin/live/gift/7/change/"


@pytest.mark.parametrize(
    ("path", "largest", "words", "back"),
    [
        ("/wallet/", LARGEST, "This page takes at most 1 MB.", "/"),
        ("/live/import/", LARGEST, "This page takes at most 1 MB.", "/"),
        ("/me/picture/", LARGEST_PICTURE, "Choose a picture of at most 6 MB.", "/me/edit/"),
        ("/live/studio/banner/", LARGEST_PICTURE, "Choose a picture of at most 6 MB.", "/live/studio/profile/"),
        (BRAND, LARGEST_PICTURE, "Choose a picture of at most 6 MB.", BRAND),
        (CATALOG, LARGEST_IMPORT, "Choose a file of at most 500 kB.", CATALOG),
        (GIFT, LARGEST, "Choose a picture of at most 500 kB.", GIFT),
    ],
)
def test_a_body_too_large_for_its_view_is_413_in_the_words_of_its_form(client, path, largest, words, back):
    refused = client.generic("POST", path, b"", CONTENT_LENGTH=str(largest + 1))
    taken = client.generic("POST", path, b"", CONTENT_LENGTH=str(largest))

    assert refused.status_code == 413
    assert f"<p>{words} Nothing was changed.</p>" in refused.text
    assert f'<a class="button" href="{back}">' in refused.text
    assert taken.status_code != 413


def test_the_words_of_a_body_too_large_have_the_numbers_of_the_forms():
    assert f"at most {pictures.MOST_BYTES // 2**20} MB." in A_PICTURE
    assert f"at most {gift_import.MOST_BYTES // 1000} kB." in A_CATALOG
    assert f"at most {art.MOST_BYTES // 1000} kB." in A_GIFT
    for field in (PictureForm().fields["picture"], BannerForm().fields["banner"], BrandForm.base_fields["picture"]):
        assert "at most 6 MB" in field.help_text
    assert "at most 500 kB" in GiftImportForm.base_fields["import_file"].help_text
