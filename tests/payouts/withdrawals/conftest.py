"""Otto and Lena, two operators, and a provider that notes its calls."""

import pytest

from payouts.gateways import sandbox
from tests.operator import make_operator


@pytest.fixture
def otto(db):
    return make_operator()


@pytest.fixture
def lena(db):
    return make_operator("Lena")


class Provider:
    """The sandbox with a record of sent and queried payouts, and with payouts whose sending fails."""

    slug, is_sandbox, services = "sandbox", True, None

    def __init__(self):
        self.sent, self.asked, self.broken = [], [], set()

    def send(self, payout):
        self.sent.append(payout.id)
        if payout.id in self.broken:
            raise ConnectionError("reset by peer")
        return sandbox.SandboxGateway().send(payout)

    def look_up(self, payout):
        self.asked.append(payout.id)
        return sandbox.SandboxGateway().look_up(payout)


@pytest.fixture
def provider(monkeypatch):
    provider = Provider()
    monkeypatch.setattr(sandbox, "gateway", provider)
    return provider
