"""The groups of operators that the migrations make: what each may open and do. Otto, in none, is a superuser."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from live.comments.comments import write_comment
from live.gifts.catalog import set_price
from live.models import Gift
from people.models import User
from tests.factories import confirm, make_creator, make_recharge, make_session, make_user, package_of, tap
from tests.operator import address, make_limited_operator, make_operator
from tests.payouts.earning import make_earner, withdraw
from tests.payouts.signing_in import sign_in_recently
from wallet.accounts import COINS_ISSUANCE
from wallet.coins import coins_of
from wallet.models import Kind

pytestmark = [pytest.mark.django_db, pytest.mark.once]

ALLOWED = {
    "/admin/": {"Support", "Finance", "Economy"},
    "/admin/search/?q=vera": {"Support", "Finance", "Economy"},
    "/admin/person/{person}/": {"Support", "Finance"},
    "/admin/person/{person}/suspend/": {"Support"},
    "/admin/recharge/{recharge}/": {"Support", "Finance"},
    "/admin/withdrawal/{withdrawal}/": {"Support", "Finance"},
    "/admin/live/{live}/": {"Support", "Finance"},
    "/admin/people/user/{person}/change/": {"Support", "Finance"},
    "/admin/recharge/{recharge}/money/": {"Support"},
    "/admin/withdrawal/{withdrawal}/money/": {"Support", "Finance"},
    "/admin/tap/{tap}/": {"Support"},
    "/admin/wallet/recharge/csv/": {"Support", "Finance"},
    "/admin/wallet/account/csv/": {"Support", "Finance"},
    "/admin/wallet/transfer/csv/": {"Finance"},
    "/admin/payouts/withdrawal/csv/": {"Support", "Finance"},
    "/admin/payouts/withdrawal/totals/?first=2026-01-01&last=2026-01-31&format=csv": {"Support", "Finance"},
    "/admin/live/gifttap/csv/": {"Support"},
    "/admin/people/operatoraction/csv/": set(),
    "/admin/live/gift/export/": {"Economy"},
    "/admin/live/comment/": {"Support"},
    "/admin/live/gifttap/": {"Support"},
    "/admin/live/livesession/": {"Support", "Finance"},
    "/admin/wallet/recharge/": {"Support", "Finance"},
    "/admin/wallet/account/": {"Support", "Finance"},
    "/admin/wallet/transfer/": {"Finance"},
    "/admin/wallet/transfer/check/": {"Finance"},
    "/admin/payouts/withdrawal/": {"Support", "Finance"},
    "/admin/payouts/withdrawal/waiting/": {"Finance"},
    "/admin/payouts/withdrawal/totals/": {"Support", "Finance"},
    "/admin/payouts/providerhour/": {"Finance"},
    "/admin/live/closedday/": {"Finance", "Economy"},
    "/admin/live/gift/": {"Economy"},
    "/admin/live/gift/add/": {"Economy"},
    "/admin/wallet/coinpackage/add/": {"Economy"},
    "/admin/wallet/coinrate/add/": {"Economy"},
    "/admin/wallet/rechargeterms/add/": {"Economy"},
    "/admin/wallet/ageterms/add/": {"Economy"},
    "/admin/payouts/diamondrate/add/": {"Economy"},
    "/admin/payouts/payoutterms/add/": {"Economy"},
    "/admin/live/liveterms/add/": {"Economy"},
    "/admin/people/pageversion/": set(),
    "/admin/people/brand/": set(),
    "/admin/people/operatoraction/": set(),
    "/admin/auth/group/": set(),
}
DESK = [
    *("/admin/", "/admin/search/?q=e", "/admin/person/{person}/", "/admin/person/{cleo}/"),
    *("/admin/recharge/{recharge}/", "/admin/withdrawal/{withdrawal}/", "/admin/live/{live}/", "/admin/tap/{tap}/"),
    *("/admin/recharge/{recharge}/money/", "/admin/withdrawal/{withdrawal}/money/"),
]


def make_member(group):
    """An operator with the permissions of one group."""
    lena = make_limited_operator()
    lena.groups.add(Group.objects.get(name=group))
    return lena


@pytest.fixture
def things():
    cleo, vera = make_earner(20_000), make_user("Vera")
    recharge, live = make_recharge(vera, package=package_of(500)), make_session(make_creator("Nova", followers=1000))
    confirm(recharge)
    given = vera.taps.get(pk=tap(vera, live).id)
    write_comment(author=vera, session_id=live.pk, comment_id=uuid4(), text="Bravo")
    return {
        "person": vera.pk,
        "cleo": cleo.pk,
        "recharge": recharge.pk,
        "withdrawal": withdraw(cleo).pk,
        "live": live.pk,
        "tap": given.tap_id,
    }


def make_announced_price():
    set_price(
        Gift.objects.get(slug="panda"), 6, by=None, reason="Dearer.", starts_at=timezone.now() + timedelta(days=3)
    )


def links_of(client, page):
    """The operator's addresses that a page links to, but for its list of all tables, which is Django's own."""
    words = client.get(page).content.decode().split("All records")[0]
    return {link.replace("&amp;", "&") for link in re.findall(r'href="(/admin/[^"#]*)', words)}


@pytest.mark.parametrize("group", ["Support", "Finance", "Economy"])
def test_a_group_opens_what_the_table_says(client, things, group):
    sign_in_recently(client, make_member(group))

    opened = {page for page in ALLOWED if client.get(page.format(**things)).status_code == 200}

    assert opened == {page for page, groups in ALLOWED.items() if group in groups}


@pytest.mark.usefixtures("unwatched_templates")
@pytest.mark.parametrize("group", ["Support", "Finance", "Economy"])
def test_pages_of_the_desk_link_only_to_pages_that_the_group_may_open(client, things, group):
    make_announced_price()
    sign_in_recently(client, make_member(group))
    links = {link for page in DESK for link in links_of(client, page.format(**things))}

    statuses = {link: client.get(link, follow=True).status_code for link in links}

    assert {link: status for link, status in statuses.items() if status != 200} == {}


def test_support_reads_accounts_of_people_and_not_those_of_the_platform_nor_transfers(client, things):
    coins, house = coins_of(User.objects.get(pk=things["person"])), COINS_ISSUANCE
    seen = {}

    for group in ("Support", "Finance"):
        client.force_login(make_member(group))
        own, platform = client.get(address(coins)), client.get(address(house))
        kinds = {row.kind for row in client.get("/admin/wallet/account/").context["cl"].result_list}
        seen[group] = Kind.HOUSE in kinds, platform.status_code, "coins:issuance → " in own.text.replace("&gt;", ">")

    assert seen == {"Support": (False, 302, False), "Finance": (True, 200, True)}


def test_support_notes_and_finance_doesnt_suspend(client, things):
    page = f"/admin/person/{things['person']}/"
    sign_in_recently(client, make_member("Support"))
    answer = client.post(page, {"text": "Wrote to them."})

    assert answer.status_code == 303

    sign_in_recently(client, make_member("Finance"))

    statuses = [
        client.post(page, {"text": "Paid by bank."}).status_code,
        client.post(f"{page}suspend/", {"reason": "No."}).status_code,
    ]

    assert statuses == [303, 403]


def test_support_suspends_no_other_operator(client, things):
    noor = make_operator("Noor", is_superuser=False)
    sign_in_recently(client, make_member("Support"))

    page = client.get(f"/admin/person/{noor.pk}/")
    answer = client.post(f"/admin/person/{noor.pk}/suspend/", {"reason": "Two must approve."})

    assert page.context["acts"] == []
    assert (answer.status_code, "Noor is an operator: a superuser must do this." in answer.text) == (409, True)
    noor.refresh_from_db()
    assert noor.is_active


def test_no_group_gives_rights():
    granted = Group.objects.values_list("permissions__content_type__app_label", "permissions__codename")

    assert {app for app, _ in granted} == {"live", "people", "payouts", "wallet"}
    assert not {codename for _, codename in granted if "group" in codename or "permission" in codename}


def test_front_page_of_a_member_takes_at_most_sixteen_queries(client, things):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for group in ("Support", "Finance", "Economy"):
        client.force_login(make_member(group))

        with CaptureQueriesContext(connection) as queries:
            client.get("/admin/")

        assert len(queries) <= 16, group
