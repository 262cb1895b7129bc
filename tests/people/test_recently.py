"""A recent sign-in: the methods that count as one, and the page that asks again."""

import pytest
from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.http import HttpResponse
from django.test import RequestFactory

from people.signing_in.recently import recent_sign_in_required, signed_in_recently
from tests.factories import PASSWORD, make_user
from tests.payouts.signing_in import make_second_factor, record_sign_in, sign_in_recently

pytestmark = pytest.mark.django_db


def request_of(user, *, methods=("password",), ago=0, method="post"):
    request = getattr(RequestFactory(), method)("/")
    request.user, request.session = user, {}
    record_sign_in(request.session, user, methods=methods, ago=ago)
    return request


@pytest.mark.parametrize(("ago", "recent"), [(0, True), (299, True), (301, False), (86_400, False)])
def test_five_minutes_are_recent(ago, recent):
    stranger = make_user()

    assert signed_in_recently(request_of(stranger, ago=ago)) is recent


def test_without_any_record_nothing_is_known_and_so_nothing_is_recent():
    stranger = make_user()

    assert not signed_in_recently(request_of(stranger, methods=()))


def test_the_records_of_somebody_else_dont_count():
    request = request_of(make_user())
    request.user = make_user("Mallory")

    assert not signed_in_recently(request)


@pytest.mark.parametrize(
    ("methods", "recent"), [(["password"], False), (["password", "mfa"], True), (["mfa"], True), ([], False)]
)
def test_with_a_second_factor_it_must_be_the_second_factor(methods, recent):
    user = make_user()
    make_second_factor(user)

    assert signed_in_recently(request_of(user, methods=methods)) is recent


def test_an_old_second_factor_and_a_new_password_are_not_enough():
    user = make_user()
    make_second_factor(user)
    request = request_of(user, methods=["mfa"], ago=301)
    record = {**request_of(user).session["account_authentication_methods"][0]}
    request.session["account_authentication_methods"].append(record)

    assert not signed_in_recently(request)


def test_recovery_codes_alone_are_no_second_factor():
    user = make_user()
    Authenticator.objects.create(user=user, type=Authenticator.Type.RECOVERY_CODES, data={})

    assert signed_in_recently(request_of(user))


@recent_sign_in_required(back_to=lambda request: "/back/?a=1")
def guarded(request):
    return HttpResponse("done")


def test_reading_is_never_asked_for():
    stranger = make_user()

    assert guarded(request_of(stranger, ago=301, method="get")).content == b"done"


@pytest.mark.parametrize(
    ("factor", "asks"),
    [
        (None, "/accounts/reauthenticate/"),
        (Authenticator.Type.TOTP, "/accounts/2fa/reauthenticate/"),
        (Authenticator.Type.WEBAUTHN, "/accounts/2fa/webauthn/reauthenticate/"),
    ],
)
def test_it_leads_to_the_page_that_asks_and_names_the_way_back(factor, asks):
    user = make_user()
    if factor:
        Authenticator.objects.create(user=user, type=factor, data={})
    response = guarded(request_of(user, ago=301))

    assert (response.status_code, response["Location"]) == (302, f"{asks}?next=%2Fback%2F%3Fa%3D1")


@pytest.mark.parametrize(
    ("factors", "offered"),
    [
        ([], ["reauthenticate"]),
        ([Authenticator.Type.TOTP], ["mfa_reauthenticate"]),
        ([Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES], ["mfa_reauthenticate"]),
        (
            [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN],
            ["mfa_reauthenticate", "mfa_reauthenticate:webauthn"],
        ),
    ],
)
def test_a_second_factor_is_the_only_method_for_its_owner(factors, offered):
    user = make_user()
    EmailAddress.objects.get_or_create(user=user, email=user.email, verified=True)
    for factor in factors:
        Authenticator.objects.create(user=user, type=factor, data={})

    assert [method["id"] for method in get_adapter().get_reauthentication_methods(user)] == offered


def test_a_code_by_mail_is_no_method_and_none_is_sent(client, mailoutbox):
    user = make_user()
    sign_in_recently(client, user, ago=301)

    page = client.get("/accounts/reauthenticate/")
    asked = client.post("/accounts/reauthenticate/code/", {"email": user.email})

    assert "/accounts/reauthenticate/code/" not in page.text
    assert (asked.status_code, mailoutbox) == (403, [])
    assert {"password", "mfa"} == app_settings.REAUTHENTICATION_METHODS


def test_log_in_counts_as_a_recent_sign_in(client):
    user = make_user()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    request = RequestFactory().post("/")
    request.user, request.session = user, client.session

    assert signed_in_recently(request)
