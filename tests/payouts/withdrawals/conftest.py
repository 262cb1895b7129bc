"""Otto and Lena, two operators."""

import pytest

from tests.operator import make_operator


@pytest.fixture
def otto(db):
    return make_operator()


@pytest.fixture
def lena(db):
    return make_operator("Lena")
