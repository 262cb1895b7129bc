"""The replay of an account: the oldest units leave first, and those that are put back are the oldest again."""

from datetime import UTC, datetime
from uuid import uuid4

import hypothesis.strategies as st
import pytest
from hypothesis import given

from wallet.replay import Credit, Debit, Part, Replay, Slice

pytestmark = pytest.mark.once
NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)


def came_in(transfer_id, units, undoes=None):
    return Credit(transfer_id, units, "recharge", uuid4(), NOW, undoes)


def went_out(transfer_id, units, undoes=None):
    return Debit(transfer_id, units, "points:session:1", undoes)


def replayed(*transfers):
    """Return {transfer id: its slices}, and what is unspent of each source."""
    credits = [one for one in transfers if isinstance(one, Credit)]
    replay = Replay(credits, [one for one in transfers if isinstance(one, Debit)])
    slices = {}
    for part in replay:
        slices.setdefault(part.transfer_id, []).append(Slice(part.source, part.first, part.units))
    return slices, replay.unspent


def test_oldest_units_leave_first_and_a_debit_may_take_of_two_sources():
    replay = Replay([came_in(1, 100), came_in(3, 50)], [went_out(2, 60), went_out(4, 70)])

    parts = list(replay)

    assert parts == [
        Part(0, 0, 60, 0, 2, "points:session:1", False),
        Part(0, 60, 40, 0, 4, "points:session:1", False),
        Part(1, 0, 30, 40, 4, "points:session:1", False),
    ]
    assert replay.unspent == [[], [Slice(1, 30, 20)]]


def test_order_is_that_of_the_ids_whatever_the_moments():
    early, late = came_in(2, 10)._replace(at=datetime(2020, 1, 1, tzinfo=UTC)), came_in(1, 10)

    slices, unspent = replayed(late, early, went_out(3, 10))

    assert slices == {3: [Slice(0, 0, 10)]}
    assert unspent == [[], [Slice(1, 0, 10)]]


def test_units_that_are_put_back_are_the_oldest_again():
    slices, unspent = replayed(
        came_in(1, 100), went_out(2, 60), went_out(3, 20), came_in(4, 60, undoes=2), went_out(5, 70)
    )

    assert slices == {2: [Slice(0, 0, 60)], 3: [Slice(0, 60, 20)], 5: [Slice(0, 0, 60), Slice(0, 80, 10)]}
    assert unspent == [[Slice(0, 90, 10)]]


def test_part_that_was_put_back_says_so():
    parts = list(Replay([came_in(1, 100), came_in(3, 60, undoes=2)], [went_out(2, 60)]))

    assert [(part.units, part.is_undone) for part in parts] == [(60, True)]


def test_neighbours_that_are_put_back_are_one_slice_again():
    _, unspent = replayed(
        came_in(1, 100), went_out(2, 30), went_out(3, 30), came_in(4, 30, undoes=3), came_in(5, 30, undoes=2)
    )

    assert unspent == [[Slice(0, 0, 100)]]


def test_source_that_is_taken_back_loses_its_own_units_first():
    slices, unspent = replayed(came_in(1, 100), came_in(2, 50), went_out(3, 50, undoes=2))

    assert slices == {3: [Slice(1, 0, 50)]}
    assert unspent == [[Slice(0, 0, 100)], []]


def test_source_that_is_spent_and_taken_back_costs_the_oldest_units():
    slices, unspent = replayed(came_in(1, 50), went_out(2, 40), came_in(3, 100), went_out(4, 50, undoes=1))

    assert slices == {2: [Slice(0, 0, 40)], 4: [Slice(0, 40, 10), Slice(1, 0, 40)]}
    assert unspent == [[], [Slice(1, 40, 60)]]


def test_reversal_that_is_reversed_takes_the_same_units_again():
    slices, unspent = replayed(
        came_in(1, 100), went_out(2, 30), went_out(3, 30), came_in(4, 30, undoes=3), went_out(5, 30, undoes=4)
    )

    assert slices[5] == slices[3] == [Slice(0, 30, 30)]
    assert unspent == [[Slice(0, 60, 40)]]


def test_books_that_were_tampered_with_break_no_page():
    slices, unspent = replayed(came_in(1, 10), went_out(2, 25), came_in(3, 5, undoes=99))

    assert (slices, unspent) == ({2: [Slice(0, 0, 10)]}, [[]])


# --- Against a slow replay of single units --------------------------------------------------------


class OneByOne:
    """The same rules, with a list of every unspent unit as (source, number)."""

    def __init__(self):
        self.unspent, self.sources, self.taken, self.brought = [], 0, {}, {}

    def come_in(self, credit):
        if credit.undoes is None:
            units = [(self.sources, number) for number in range(credit.units)]
            self.sources += 1
        else:
            units = self.taken[credit.undoes]
        self.unspent = sorted(self.unspent + units)
        self.brought[credit.id] = units

    def go_out(self, debit):
        wanted = [unit for unit in self.brought.get(debit.undoes, []) if unit in self.unspent]
        others = [unit for unit in self.unspent if unit not in wanted]
        taken = (wanted + others)[: debit.units]
        self.unspent = [unit for unit in self.unspent if unit not in taken]
        self.taken[debit.id] = taken


STEPS = st.lists(st.tuples(st.sampled_from(["in", "out", "out", "undo"]), st.integers(1, 12)), max_size=25)


@given(STEPS)
def test_replay_is_that_of_single_units(steps):
    slow, transfers, undone = OneByOne(), [], set()
    for number, (step, amount) in enumerate(steps, start=1):
        known = [one for one in transfers if one.id not in undone]
        if step == "in":
            transfers.append(came_in(number, amount))
        elif step == "out" and amount <= len(slow.unspent):
            transfers.append(went_out(number, amount))
        elif step == "undo" and known:
            one = known[amount % len(known)]
            if isinstance(one, Credit) and one.units > len(slow.unspent):
                continue
            undone.add(one.id)
            kind = went_out if isinstance(one, Credit) else came_in
            transfers.append(kind(number, one.units, undoes=one.id))
        else:
            continue
        last = transfers[-1]
        slow.come_in(last) if isinstance(last, Credit) else slow.go_out(last)

    slices, unspent = replayed(*transfers)

    for transfer_id, units in slow.taken.items():
        assert [unit for one in slices[transfer_id] for unit in units_of(one)] == units
    assert [unit for source in unspent for one in source for unit in units_of(one)] == slow.unspent


def units_of(one):
    return [(one.source, one.first + number) for number in range(one.units)]
