"""The shell scripts run on Linux and on macOS, whose bash is 3.2 and whose tools are BSD's.

.ci/run is left out: it installs Debian's packages.
"""

import re
import subprocess

import pytest
from django.conf import settings

pytestmark = pytest.mark.once

SCRIPTS = [settings.BASE_DIR / "Makefile", *sorted((settings.BASE_DIR / "scripts").glob("*.sh"))]
NOT_ON_MACOS = {
    "bash 4": r"\b(declare|local|typeset) -[A-Za-z]*[Agn]|\b(mapfile|readarray|coproc)\b|&>>|\|&|\bwait -n\b"
    r"|\$\{\w+(,,?|\^\^?|@[A-Za-z])\}|\$\{\w+\[-",
    "an empty array under set -u": r'(?<!\+)"\$\{\w+\[@\]\}"',
    "a tool of GNU": r"\b(nproc|timeout|realpath|tac|sha\d+sum|gdate|setsid)\b(?=[ )])",
    "an option of GNU": r"\b(sed|tail|head|grep|sort|cp|mv|rm|mkdir|ls|wc|cut|tr|find|xargs|mktemp|touch) (-\w+ )*--\w"
    r"|\bsed -\w*[irEz]|\bgrep -\w*P|\breadlink -f|\bxargs -\w*[rd]|\bdate -\w*d|\bstat -c|\bcp -\w*t\b|\bhead -n -"
    r"|\btail -\w*s\b|\bln -\w*r\b|\bsort -\w*V",
}
# Filled where it is made.
NEVER_EMPTY = {'"${many[@]}"', '"${parts[@]}"'}


def not_on_macos(source):
    for line in source.splitlines():
        code = line.split("#")[0] if line.lstrip().startswith("#") else line
        for why, pattern in NOT_ON_MACOS.items():
            for found in re.finditer(pattern, code):
                if found.group() not in NEVER_EMPTY:
                    yield f"{why}: {line.strip()}"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_script_runs_on_macos_too(script):
    assert list(not_on_macos(script.read_text())) == []


@pytest.mark.parametrize(
    "line",
    [
        "declare -A running",
        "jobs=$(nproc)",
        'tail --follow --pid="$1" file',
        "sed --quiet p",
        "sed -i s/a/b/ file",
        "readlink -f .",
        'for part in "${failed[@]}"; do',
        "make |& tee log",
        "timeout 5 make",
        "mapfile -t lines",
        "grep -qP x",
    ],
)
def test_breach_is_noticed(line):
    assert list(not_on_macos(line))


@pytest.mark.parametrize("script", SCRIPTS[1:], ids=lambda script: script.name)
def test_script_can_be_read(script):
    subprocess.run(["bash", "-n", script], check=True)
