"""One's own data as a person gets it: the zip read by tables, and the JSON."""

import csv
import io
import json
import zipfile

from tests.payouts.signing_in import sign_in_recently

PAGE = "/me/data/"


def own_data(client, user, kind):
    """Return the bytes of a file, asked for a moment after log-in."""
    answer = sign_in_recently(client, user).post(PAGE, {"format": kind})
    assert answer.status_code == 200
    return answer.getvalue()


def own_tables(client, user):
    """Return {table: its rows as dicts} of the zip, and the text of its README."""
    with zipfile.ZipFile(io.BytesIO(own_data(client, user, "zip"))) as archive:
        assert archive.testzip() is None
        files = {name: archive.read(name) for name in archive.namelist()}
    readme = files.pop("README.txt").decode()
    assert all(data.startswith(b"\xef\xbb\xbf") for data in files.values())
    tables = {
        name.removesuffix(".csv"): list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
        for name, data in files.items()
    }
    return tables, readme


def own_json(client, user):
    return json.loads(own_data(client, user, "json"))
