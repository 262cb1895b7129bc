"""The catalog as a CSV file: exported, previewed and imported."""

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile

from live.gifts.catalog import catalog, set_price
from live.models import Gift, GiftPrice, LiveTerms
from tests.factories import make_session, make_user, tap
from tests.live.gifts.prices import panda

pytestmark = pytest.mark.django_db
HEADER = "slug,name,art,coins,order\n"


def upload(client, text, reason="From the sheet"):
    file = SimpleUploadedFile("gifts.csv", text if isinstance(text, bytes) else text.encode(), "text/csv")
    return client.post(
        "/admin/live/gift/import/", {"import_file": file, "format": "0", "resource": "0", "reason": reason}
    )


def confirm(client, preview):
    form = preview.context["confirm_form"]
    return client.post("/admin/live/gift/process_import/", {**form.initial, "confirm": "Import"})


def test_export_is_the_format_of_the_starting_catalog(client, otto, settings):
    response = client.get("/admin/live/gift/export/")
    text = response.content.decode("utf-8-sig").replace("\r\n", "\n")
    assert text == (settings.BASE_DIR / "data" / "gifts.csv").read_text()


def test_author_of_imported_prices_appears_as_they_chose(client, otto):
    file = SimpleUploadedFile("gifts.csv", (HEADER + "panda,Panda,panda,6,20\n").encode(), "text/csv")
    form = {"import_file": file, "format": "0", "resource": "0", "reason": "From the sheet", "by_name": "on"}

    confirm(client, client.post("/admin/live/gift/import/", form))

    assert GiftPrice.objects.get(coins=6).author == "Otto"


def test_preview_changes_nothing_and_confirming_sets_the_price(client, otto):
    preview = upload(client, HEADER + "panda,Panda,panda,6,20\notter,Otter,otter,40,45\n")
    assert "<del>5</del> <ins>6</ins>" in preview.content.decode()
    assert catalog().get(slug="panda").coins == 5
    confirm(client, preview)
    assert catalog().get(slug="panda").coins == 6
    assert catalog().get(slug="otter").coins == 40
    price = GiftPrice.objects.filter(gift=panda()).latest("id")
    assert (price.set_by, price.reason_given) == (otto, "From the sheet")
    said = set(LogEntry.objects.values_list("change_message", flat=True))
    assert said == {
        "Imported from CSV; coins: 5 → 6. Reason: From the sheet",
        "Imported from CSV; slug: none → otter; name: none → Otter; art: none → otter; coins: none → 40; "
        "order: none → 45. Reason: From the sheet",
    }


def test_preview_says_what_each_new_price_does(client, otto):
    tap(make_user("Vera", coins=100), make_session())

    preview = upload(client, HEADER + "panda,Panda,panda,6,20\notter,Otter,otter,40,45\nspark,Spark,spark,1,10\n")

    assert preview.context["result"].effects == [
        "Panda costs 6 coins ($0.06) instead of 5 coins ($0.05). Taps in the last 28 days: 1.",
        "Otter costs 40 coins ($0.40). It is new.",
    ]
    assert "Import 3 rows from now on" in preview.text


@pytest.mark.once
def test_preview_of_many_prices_shows_the_first_twenty(client, otto):
    gifts = "".join(f"g-{number},Gift {number:03},otter,{number + 1},{number}\n" for number in range(23))

    preview = upload(client, HEADER + gifts)

    assert len(preview.context["result"].effects) == 20
    assert "3 more prices, as in the rows above." in preview.text


def test_importing_the_export_changes_nothing(client, otto):
    preview = upload(client, client.get("/admin/live/gift/export/").content)
    confirm(client, preview)
    assert GiftPrice.objects.count() == 16
    assert LogEntry.objects.count() == 0


@pytest.mark.once
@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("panda,Panda,panda,0,20", "Type a whole number from 1 to 1,000,000."),
        ("panda,Panda,panda,-1,20", "Type a whole number from 1 to 1,000,000."),
        ("panda,Panda,panda,٣,20", "Type a whole number from 1 to 1,000,000."),
        ("panda,Panda,panda,,20", "This field is required."),
        ("panda,Panda,panda,10001,20", "A gift costs at most 10,000 coins."),
        (f"panda,Panda,panda,5,{2**63}", "Type a whole number from 0 to 100,000."),
        ("panda,Panda,no-such,5,20", "No picture is called “no-such”."),
        ("pan da,Panda,panda,5,20", "valid “slug”"),
        (f"panda,{'x' * 41},panda,5,20", "at most 40 characters"),
        ("spark,Spark,spark,2,10\nspark,Spark,spark,3,10", "in the file more than once: spark"),
    ],
)
def test_bad_row_refuses_the_whole_file_in_words(client, otto, row, words):
    response = upload(client, f"{HEADER}clover,Clover,clover,30,50\n{row}\n")
    assert words in response.content.decode()
    assert "confirm_form" not in response.context
    assert GiftPrice.objects.count() == 16


@pytest.mark.once
@pytest.mark.parametrize(
    "file", ["", "slug,name\npanda,Panda\n", b"\xff\xfe\x00", HEADER, HEADER + "panda\n", "x" * 500_001, b"\x00" * 40]
)
def test_file_that_is_no_catalog_is_refused(client, otto, file):
    response = upload(client, file)
    assert response.status_code == 200
    assert "confirm_form" not in response.context
    assert GiftPrice.objects.count() == 16


@pytest.mark.once
@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("", "The submitted file is empty."),
        ("slug,name\npanda,Panda\n", "Missing: art, coins, order. The first line must be: slug,name,art,coins,order"),
        (HEADER, "The file has no rows below its first line."),
        (HEADER + "panda,Panda,panda,6\n", "Row 2 has 4 cells instead of 5."),
        (HEADER.encode() + "panda,Pandà,panda,6,20\n".encode("cp1252"), "line 2 has the byte E0"),
        (b"PK\x03\x04" + b"x" * 40, "This is a workbook, not a CSV file."),
        ("x" * 500_001, "Choose a file of at most 500 kB."),
        (HEADER + 'panda,Panda,panda,"6,50",20\n', "A comma only stands between thousands, as in 1,000."),
    ],
)
def test_file_that_is_refused_says_in_one_sentence_what_is_wrong(client, otto, file, words):
    page = upload(client, file)
    assert words in page.content.decode()
    assert page.content.decode().count('class="errorlist"') + page.content.decode().count("<strong>Row 1") == 1
    assert GiftPrice.objects.count() == 16


@pytest.mark.once
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_spreadsheets_save_is_imported(client, otto, separator, encoding):
    rows = [HEADER.strip(), "", "panda,Red Pändå,panda,6,20", ",,,,"]
    text = "\r\n".join(row.replace(",", separator) for row in rows)

    confirm(client, upload(client, text.encode(encoding)))

    assert (panda().name, catalog().get(slug="panda").coins) == ("Red Pändå", 6)


@pytest.mark.once
def test_import_needs_a_reason(client, otto):
    response = upload(client, HEADER + "panda,Panda,panda,6,20\n", reason="")
    assert response.context["form"].errors["reason"]


@pytest.mark.once
def test_confirming_what_has_expired_says_so(client, otto):
    form = {"import_file_name": "gone", "original_file_name": "gifts.csv", "format": "0", "reason": "Late"}
    response = client.post("/admin/live/gift/process_import/", form)
    assert "This preview has expired." in response.content.decode()


@pytest.mark.once
def test_confirming_nothing_imports_nothing(client, otto):
    answer = client.post("/admin/live/gift/process_import/")

    assert "There is nothing to import." in answer.content.decode()

    page = client.get("/admin/live/gift/process_import/")

    assert page.status_code == 405


def test_confirming_after_the_terms_changed_imports_nothing(client, otto):
    preview = upload(client, HEADER + "clover,Clover,clover,30,50\npanda,Panda,panda,9000,20\n")
    LiveTerms.objects.create(
        followers_needed=1_000, largest_gift_coins=8_000, abandoned_after_minutes=15, reason_given="Smaller gifts"
    )
    response = client.post(
        "/admin/live/gift/process_import/",
        {**preview.context["confirm_form"].initial, "confirm": "Import"},
        follow=True,
    )
    assert "Nothing was imported" in response.content.decode()
    assert GiftPrice.objects.count() == 16


@pytest.mark.once
def test_cells_that_start_like_a_formula_are_written_harmless_and_read_back(client, otto):
    for name, cell in (("=1+1", "'=1+1"), ("'=Panda", "''=Panda"), ("'Panda", "'Panda")):
        Gift.objects.filter(slug="panda").update(name=name)
        exported = client.get("/admin/live/gift/export/").content.decode()
        assert f"panda,{cell},panda,5,20" in exported
        Gift.objects.filter(slug="panda").update(name="Panda")
        confirm(client, upload(client, exported))
        assert panda().name == name


@pytest.mark.parametrize(("coins", "asks"), [(7, False), (8, True), (50, True), (3, False), (2, True)])
def test_price_that_changes_by_more_than_half_asks_as_the_form_does(client, otto, coins, asks):
    preview = upload(client, f"{HEADER}panda,Panda,panda,{coins},20\nclover,Clover,clover,30,50\n")
    words = f"Yes: panda from 5 to {coins} coins"
    assert (words in preview.content.decode()) is asks
    assert ("Tick what is meant" in preview.content.decode()) is asks

    form = {**preview.context["confirm_form"].initial, "confirm": "Import"}
    refused = client.post("/admin/live/gift/process_import/", {**form, "ticked": "panda-5-7000"}, follow=True)
    if not asks:
        assert catalog().get(slug="panda").coins == coins
        return
    assert f"Not ticked: panda from 5 to {coins} coins. Nothing was imported" in refused.content.decode()
    assert (catalog().get(slug="panda").coins, catalog().get(slug="clover").coins) == (5, 25)

    preview = upload(client, f"{HEADER}panda,Panda,panda,{coins},20\nclover,Clover,clover,30,50\n")
    form = {**preview.context["confirm_form"].initial, "confirm": "Import"}
    client.post("/admin/live/gift/process_import/", {**form, "ticked": f"panda-5-{coins}"})
    assert (catalog().get(slug="panda").coins, catalog().get(slug="clover").coins) == (coins, 30)


def test_tick_counts_for_the_change_that_was_shown_alone(client, otto):
    preview = upload(client, f"{HEADER}panda,Panda,panda,50,20\n")
    set_price(panda(), 6, by=otto, reason="Meanwhile")
    form = {**preview.context["confirm_form"].initial, "confirm": "Import", "ticked": "panda-5-50"}

    refused = client.post("/admin/live/gift/process_import/", form, follow=True)

    assert "Not ticked: panda from 6 to 50 coins." in refused.content.decode()
    assert catalog().get(slug="panda").coins == 6


def test_new_gift_asks_nothing(client, otto):
    confirm(client, upload(client, f"{HEADER}otter,Otter,otter,4000,45\n"))

    assert catalog().get(slug="otter").coins == 4_000
