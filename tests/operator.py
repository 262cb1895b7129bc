"""Otto at work: logging in to the admin, posting its forms, and reading what its history says."""

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission

from tests.factories import make_user


def make_operator(name="Otto", **fields):
    return make_user(name, is_staff=True, **{"is_superuser": True, **fields})


def make_limited_operator(*permissions):
    """A member of the staff with these permissions alone, such as `live.view_gift`."""
    lena = make_operator("Lena", is_superuser=False)
    for permission in permissions:
        app, codename = permission.split(".")
        lena.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return lena


def address(row, page="change"):
    """Return the admin's address of a row. Django writes the colon in the key of an account as _3A."""
    key = str(row.pk).replace(":", "_3A")
    return f"/admin/{row._meta.app_label}/{row._meta.model_name}/{key}/{page}/"


def latest_history():
    """Return the newest line of the history: operator and message."""
    entry = LogEntry.objects.latest("id")
    return entry.user.name, entry.change_message


def errors_of(response):
    """The errors of a form that the admin shows again, by field."""
    return {name: list(errors) for name, errors in response.context["adminform"].form.errors.items()}


def save_shown(client, address, form, **options):
    """Post a form of the admin, and once more by the button of its preview, if nothing is asked before."""
    shown = client.post(address, form)
    if shown.status_code != 200:
        return shown
    said = shown.context["adminform"].form
    asks = bool(said.errors) or said.preview is None
    return shown if asks else client.post(address, {**form, "shown": said.preview.stamp}, **options)
