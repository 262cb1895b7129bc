"""pyproject.toml: its version, and the ranges of dependencies, of which the locks hold one version each."""

import re
import tomllib

import pytest
from django.conf import settings
from packaging.requirements import Requirement

pytestmark = pytest.mark.once

ROOT = settings.BASE_DIR
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUNS_ON = PROJECT["project"]["dependencies"]
TOOLS = PROJECT["dependency-groups"]["dev"]


def name_of(requirement):
    return re.sub(r"[-_.]+", "-", requirement.name).lower()


def pinned_in(lock):
    """Return {name: version} of a lock, whose every entry must have a hash."""
    entries = (ROOT / lock).read_text().replace("\\\n", " ").splitlines()
    assert all("--hash=sha256:" in entry for entry in entries)
    pinned = [Requirement(entry.split(" --hash")[0]) for entry in entries]
    return {name_of(requirement): str(requirement.specifier).removeprefix("==") for requirement in pinned}


@pytest.mark.parametrize(
    ("lock", "wanted"), [("requirements.lock", RUNS_ON), ("requirements-dev.lock", RUNS_ON + TOOLS)]
)
def test_lock_holds_an_allowed_version_of_each_dependency(lock, wanted):
    pinned = pinned_in(lock)

    for requirement in map(Requirement, wanted):
        assert requirement.specifier.contains(pinned[name_of(requirement)]), requirement


def test_both_locks_pin_the_same_versions():
    runs_on, development = pinned_in("requirements.lock"), pinned_in("requirements-dev.lock")

    assert runs_on.items() <= development.items()


def test_locks_name_no_index():
    for lock in ("requirements.lock", "requirements-dev.lock"):
        assert not re.search(r"://|--(index|extra|find|trusted)", (ROOT / lock).read_text())


def test_every_dependency_has_its_reason():
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    listed = [line for line in lines if re.match(r'    "[\w.-]+(\[[\w,-]+\])?[<>=~]', line)]

    assert len(listed) == len(RUNS_ON) + len(TOOLS)
    # pytest and pytest-django need none.
    assert [line for line in listed if ",  " not in line and "#" not in line] == [
        '    "pytest>=9.0,<10",',
        '    "pytest-django>=4.14,<5",',
    ]


def test_plain_requirements_are_the_lock():
    lines = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if not line.startswith("#")]

    assert lines == ["-r requirements.lock"]
    assert "dynamic" not in PROJECT["project"]


def test_version_of_the_project_has_the_newest_section_of_the_changelog():
    newest = re.search(r"^## (\S+) \(", (ROOT / "CHANGELOG.md").read_text(), re.M)

    assert newest.group(1) == PROJECT["project"]["version"]
