"""Every link of a model to a person is in a table of their own data, or left out by name with its reason."""

import pytest
from django.apps import apps
from django.db import models

from live.own_data.everything import LEFT_OUT, LEFT_OUT_EVERYWHERE, TABLES
from people.models import User

pytestmark = pytest.mark.once
OUR_APPS = {"people", "wallet", "payouts", "live", "account", "mfa", "usersessions", "admin"}


def links_to(person, all_models):
    """Return {link} of foreign keys that lead to a person or to something of theirs, and columns of addresses."""
    theirs, links, known = {person}, set(), -1
    while known < len(links):
        known = len(links)
        for model in all_models:
            for field in model._meta.get_fields():
                if field.concrete and field.is_relation and field.related_model in theirs:
                    links.add(f"{model._meta.label}.{field.name}")
                    if field.name not in LEFT_OUT_EVERYWHERE:
                        theirs.add(model)
    return links | {
        f"{model._meta.label}.{field.name}"
        for model in all_models
        for field in model._meta.concrete_fields
        if isinstance(field, models.EmailField)
    }


def unaccounted(links):
    told = {link for table in TABLES for link in table.links}
    return sorted(
        link
        for link in links
        if link not in told and link not in LEFT_OUT and link.split(".")[-1] not in LEFT_OUT_EVERYWHERE
    )


def test_every_link_to_a_person_is_in_a_table_or_left_out_with_its_reason():
    links = links_to(User, apps.get_models())

    assert len(links) > 60
    assert {link.split(".")[0] for link in links} == OUR_APPS
    assert unaccounted(links) == []


def test_no_link_is_named_that_no_model_has_and_none_twice():
    links = links_to(User, apps.get_models())
    named = [link for table in TABLES for link in table.links] + list(LEFT_OUT)

    assert sorted(set(named) - links) == []
    assert len(named) == len(set(named))


def test_new_model_with_a_link_to_a_recharge_would_be_found():
    class Slip(models.Model):
        recharge = models.ForeignKey("wallet.Recharge", models.PROTECT, related_name="+")

        class Meta:
            app_label = "planted"

    try:
        links = links_to(User, [*apps.get_models(), Slip])
    finally:
        del apps.all_models["planted"]
        apps.clear_cache()

    assert "planted.Slip.recharge" in unaccounted(links)


def test_each_table_has_one_name_and_explains_each_column():
    names = [table.name for table in TABLES]

    assert len(names) == len(set(names))
    assert all(words for table in TABLES for words in (table.about, *table.columns.values()))
