"""The change log: what operators did, one row for each changed field, as CSV."""

from collections.abc import Iterable, Iterator
from datetime import UTC

from people.models import OperatorAction
from people.text.history import Change, read_line
from people.text.spreadsheets import Cell, csv_lines, harmless

COLUMNS = ["time_utc", "who", "mail", "kind", "of", "done", "field", "from", "to", "why"]
# A line without a changed field is one row of the file as well.
NO_CHANGE = [Change("", "", "")]


def change_log_as_csv(actions: Iterable[OperatorAction]) -> Iterator[str]:
    """Return the lines of the file, in the order of the actions."""
    return csv_lines(COLUMNS, (row for action in actions for row in _rows_of(action)))


def kind_of(action: OperatorAction) -> str:
    """Return what the action was about: Gift, User. Empty for a model that is gone."""
    return str(action.content_type.name).capitalize() if action.content_type else ""


def _rows_of(action: OperatorAction) -> Iterator[list[Cell]]:
    line = read_line(action.get_change_message())
    who = [action.action_time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), action.user.name, action.user.email]
    about = [kind_of(action), action.object_repr, line.words]
    for change in line.changes or NO_CHANGE:
        yield [harmless(cell) for cell in (*who, *about, *change, line.reason)]
