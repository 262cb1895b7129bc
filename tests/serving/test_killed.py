"""A web process that is killed: the server that the README and the demo start goes on and starts another one."""

import os
import re
import shlex
import signal
import time
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings

from live.demo.address import Address
from live.demo.processes import children
from tests.real_server import serving

pytestmark = [pytest.mark.once, pytest.mark.django_db]


def options_of(command):
    """Return the options of a granian command but for what the test has to choose: application, address, log."""
    words = iter(command)
    chosen = {"--interface", "--host", "--port", "--log-level"}
    options = []
    for word in words:
        if word in chosen:
            next(words)
        elif not word.startswith("config.") and word != "granian":
            options.append(word)
    return options


def of_the_readme():
    readme = Path(settings.BASE_DIR, "README.md").read_text()
    [command] = re.findall(r"^ +(granian (?:.*\\\n)*.*)", readme, flags=re.M)
    return options_of(shlex.split(command.replace("\\\n", " ")))


def of_the_demo():
    return options_of(children(Address("127.0.0.1", 8000))[0].command[2:])


def processes_that_answer(server, number):
    """Request pages until `count` processes have answered; return their ids."""
    seen, until = set(), time.monotonic() + 20
    while len(seen) < number and time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/process", timeout=5) as answer:
                seen.add(int(answer.read()))
        except OSError:
            # The killed process had accepted the connection, or no process runs at this moment.
            time.sleep(0.05)
    return seen


@pytest.mark.parametrize(("options", "number"), [(of_the_readme, 2), (of_the_demo, 1)])
def test_killed_web_process_is_replaced_and_the_server_still_ends_when_told(options, number):
    with serving(*options(), application="tests.serving.pages:application") as (server,):
        before = processes_that_answer(server, number)
        killed = min(before)
        os.kill(killed, signal.SIGKILL)
        after = processes_that_answer(server, number)
        seconds, code = server.stop()

    assert (len(before), len(after - before)) == (number, 1)
    assert killed not in after
    assert (code, seconds < 5) == (0, True)
