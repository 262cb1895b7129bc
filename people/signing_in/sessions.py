"""Sessions of browsers, with the user who signed in: SESSION_ENGINE, and `request.user` from the same query.

Django's own engine and middleware read the session by one query and its user by a second one. The engine here is
Django's, over a table with a `user` column; docs/adr/0042 says why.
"""

import re
from functools import cache
from typing import Any, cast

from django.conf import settings
from django.contrib import auth
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends import db
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from people.models import BrowserSession, User

# A key as the engine makes it. No other text reaches a query: PostgreSQL refuses some of them with an error.
KEY = re.compile(r"[a-z0-9]{8,40}")


class SessionStore(db.SessionStore):
    """Django's store of sessions in the database. Loading a session also loads its user, into `user`."""

    user: User | None = None

    @classmethod
    def get_model_class(cls) -> type[BrowserSession]:
        return BrowserSession

    def create_model_instance(self, data: dict[str, Any]) -> BrowserSession:
        row = cast("BrowserSession", super().create_model_instance(data))
        signed_in = str(data.get(SESSION_KEY, ""))
        row.user_id = int(signed_in) if signed_in.isdecimal() else None
        return row

    def load(self) -> dict[str, Any]:
        found = _read(self.session_key)
        if found is None:
            self._session_key = None
            return {}
        session_data, self.user = found
        return self.decode(session_data)

    def _validate_session_key(self, key: str | None) -> bool:
        return bool(key and KEY.fullmatch(key))


class SessionAndUserMiddleware(AuthenticationMiddleware):
    """Django's own, with a `request.user` that costs no query beside the session's."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: user_of(request))  # type: ignore[assignment]


def user_of(request: HttpRequest) -> User | AnonymousUser:
    """Return the user who is signed in with the request's session.

    The loaded user counts only if the session is valid in every respect. All other sessions are Django's to judge: it
    tries the fallback keys, and ends a session whose hash is that of an earlier password.
    """
    session = cast("SessionStore", request.session)
    if session.get(SESSION_KEY) is None:
        return AnonymousUser()
    user = session.user
    if user is not None and _is_signed_in(session, user):
        return user
    try:
        return auth.get_user(request)
    except ValidationError:  # the key of the user is no number
        return AnonymousUser()


def _is_signed_in(session: SessionStore, user: User) -> bool:
    return (
        user.is_active
        and session[SESSION_KEY] == str(user.pk)
        and session.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
        and constant_time_compare(session.get(HASH_SESSION_KEY) or "", user.get_session_auth_hash())
    )


# --- The query ----------------------------------------------------------------------------------


def _read(key: str | None) -> tuple[str, User | None] | None:
    """Return the data of a session that hasn't expired, and its user; None without such a session."""
    query, names, converters = _session_query(connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(query, [key, connection.ops.adapt_datetimefield_value(timezone.now())])
        row = cursor.fetchone()
    if row is None:
        return None
    session_data, *values = row
    if values[0] is None:
        return session_data, None
    for place, convert, column in converters:
        values[place] = convert(values[place], column, connection)
    return session_data, User.from_db(connection.alias, names, values)


@cache
def _session_query(vendor: str) -> tuple[str, list[str], list[tuple[int, Any, Any]]]:
    """Return the query, the names of the user's fields in it, and what converts a value of this database.

    The text is always the same, so that psycopg prepares it and PostgreSQL keeps its plan.
    """
    fields = User._meta.concrete_fields
    columns = [field.get_col("person") for field in fields]
    converters = [
        (place, convert, column)
        for place, column in enumerate(columns)
        for convert in (*connection.ops.get_db_converters(column), *column.get_db_converters(connection))
    ]
    listed = ", ".join(f"person.{field.column}" for field in fields)
    query = f"""SELECT session.session_data, {listed}
        FROM people_browsersession session LEFT JOIN people_user person ON person.id = session.user_id
        WHERE session.session_key = %s AND session.expire_date > %s"""  # noqa: S608
    return query, [field.attname for field in fields], converters
