"""Names that look like others: at sign-up, in the profile, as a creator and by an operator."""

import pytest

from live.creators.creators import become_creator, edit_page
from people.forms import SignupForm
from people.models import TakenName, User
from people.taken_names import LOOKS_LIKE_ONE, OF_A_CREATOR, THE_SITES_OWN, NameRefused, take_name, why_not_name
from people.text.lookalikes import keys_of, skeleton
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.mark.once
@pytest.mark.parametrize(
    ("one", "other"),
    [("Cleo", "Сleo"), ("Cleo", "CIeo"), ("Cleo", "C1eo"), ("Cleo", "Ｃｌｅｏ"), ("Emma", "Ernrna"), ("Сара", "Capa")],
)
def test_names_that_look_alike_share_a_key(one, other):
    assert skeleton(one) == skeleton(other)
    assert set(keys_of(one)) & set(keys_of(other))


@pytest.mark.once
@pytest.mark.parametrize(
    ("one", "other"),
    [("Ian", "Lan"), ("Ali", "All"), ("Zoë", "Zoe"), ("한국", "한국어"), ("Mila", "Milla"), ("Vera", "Vero")],
)
def test_names_that_differ_to_the_eye_share_none(one, other):
    assert not set(keys_of(one)) & set(keys_of(other))


@pytest.mark.parametrize("twin", ["CIeo", "C1eo", "Сlео", "Cl\u00e9o", "cleo", "CLEO", "Cleo"])
def test_only_what_looks_like_a_name_in_other_letters_is_refused(twin):
    take_name("Cleo", user=make_user("Vera"))

    is_another_look_or_the_same_name = twin in {"Cl\u00e9o", "cleo", "CLEO", "Cleo"}
    assert (why_not_name(twin) is None) == is_another_look_or_the_same_name


@pytest.mark.parametrize(
    "name",
    [
        "Ovation",
        "OVATION",
        "0vation",
        "Оvation",
        "Ovation Support",
        "Somebody",
        "SOMEBODY",
        "Operator",
        "Creator",
        "Admin",
    ],
)
def test_sites_own_names_are_nobodys(name):
    form = SignupForm({"name": name})

    assert not form.is_valid()
    assert form.errors["name"] == [THE_SITES_OWN] or "mixes letters" in form.errors["name"][0]
    assert not TakenName.objects.exists()


@pytest.mark.once
@pytest.mark.parametrize(
    "name", ["Vera", "DJ Саша", "Сара", "Ελένη", "陽菜 Hina", "می‌خواهم", "Ovationist", "Young", "O’Brien"]
)
def test_right_names_of_any_script_are_taken(name):
    assert SignupForm({"name": name}).is_valid()


def test_alphabets_that_look_alike_do_not_mix_within_a_word():
    assert SignupForm({"name": "Сleo Marin"}).errors["name"] == [
        "“Сleo” mixes letters of alphabets that look alike. Write it in one."
    ]


def test_name_of_a_creator_is_theirs_until_they_change_it(client):
    vera, cleo = make_user("Vera"), make_user("Cleo")
    creator = become_creator(user=cleo, handle="cleo", name="Cleo Marin")
    for name in ("Cleo Marin", "CIeo Marin", "cleo marin"):
        assert why_not_name(name, user=vera) == OF_A_CREATOR
        assert why_not_name(name, user=cleo) is None
    with pytest.raises(NameRefused):
        become_creator(user=vera, handle="vera", name="Cleo Marin")

    edit_page(creator, name="Cleo of Porto", bio="", next_live="")

    assert why_not_name("Cleo Marin", user=vera) is None
    assert why_not_name("CIeo Marin", user=vera) == LOOKS_LIKE_ONE


def test_refused_name_is_said_beside_its_field_and_nothing_changes(client):
    become_creator(user=make_user("Cleo"), handle="cleo", name="Cleo Marin")
    vera = make_user("Vera")
    client.force_login(vera)

    profile = client.post("/me/edit/", {"name": "CIeo Marin", "avatar": "fox"})
    page = client.post("/live/studio/profile/", {"name": "Cleo Marin", "handle": "vera", "bio": ""})

    assert (profile.status_code, page.status_code) == (422, 409)
    assert profile.context["form"].errors["name"] == page.context["form"].errors["name"] == [OF_A_CREATOR]
    vera.refresh_from_db()
    assert (vera.name, vera.avatar, hasattr(vera, "creator")) == ("Vera", "octopus", False)


def test_name_that_somebody_has_from_before_the_rule_stays_theirs(client):
    make_user("Cleo")
    twin = make_user("Vera")
    User.objects.filter(pk=twin.pk).update(name="Сleo")
    client.force_login(twin)

    answer = client.post("/me/edit/", {"name": "Сleo", "avatar": "fox"})

    assert answer.status_code == 303

    twin.refresh_from_db()
    assert (twin.name, twin.avatar) == ("Сleo", "fox")


def test_operator_cannot_give_a_twin(client, otto):
    become_creator(user=make_user("Cleo"), handle="cleo", name="Cleo Marin")
    vera = make_user("Vera")

    page = client.post(
        f"/admin/people/user/{vera.pk}/change/", {"name": "CIeo Marin", "avatar": "fox", "reason": "Asked"}
    )

    assert OF_A_CREATOR in page.content.decode()
