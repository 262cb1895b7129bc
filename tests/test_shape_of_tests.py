"""The shape of the tests: no assertion acts, none compares a value with itself, and each name is a fact.

An act is a request, or a call that writes to the database, directly or through other functions of the project.
"""

import ast
from functools import cache
from itertools import pairwise

import pytest
from django.conf import settings

pytestmark = pytest.mark.once

PACKAGES = ("people", "wallet", "payouts", "live", "config", "tests")
WRITES = {"save", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
# Each writes, but by SQL, by a name that is passed on, or by a table of jobs.
ALSO_WRITE = {"wallet.ledger.post", "live.feed.placing.place_taps", "live.worker.run_round"}
SENDS = {"post", "put", "patch"}
ASKS = SENDS | {"get", "head", "options", "delete", "generic"}
CLIENTS = {"client", "clients", "web", "studio", "browser", "stranger", "strict", "anyone", "Client"}


def module_of(path):
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def names_in(tree):
    """Return {name: dotted name} of what a module imports from the project."""
    return {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(PACKAGES)
        for alias in node.names
    }


def called(call, names, module):
    """Return the dotted name of the function of the project that a call calls, or None."""
    function = call.func
    if isinstance(function, ast.Name):
        return names.get(function.id, f"{module}.{function.id}")
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        owner = names.get(function.value.id)
        return owner and f"{owner}.{function.attr}"
    return None


def calls_in(node):
    return [inner for inner in ast.walk(node) if isinstance(inner, ast.Call)]


def is_method(call, methods):
    return isinstance(call.func, ast.Attribute) and call.func.attr in methods


def writes(call):
    return is_method(call, WRITES) or (is_method(call, {"update", "delete"}) and isinstance(call.func.value, ast.Call))


def asks(call):
    """Return whether a call is a request of a client: to a path, or by a name that clients have."""
    if is_method(call, SENDS):
        return True
    if not is_method(call, ASKS):
        return False
    root = call.func.value
    while isinstance(root, ast.Call | ast.Subscript):
        root = root.func if isinstance(root, ast.Call) else root.value
    if isinstance(root, ast.Name) and root.id == "RequestFactory":
        return False
    path = call.args[0] if call.args else None
    is_path = isinstance(path, ast.Constant) and str(path.value).startswith("/")
    return is_path or isinstance(path, ast.JoinedStr) or (isinstance(root, ast.Name) and root.id in CLIENTS)


@cache
def trees():
    """Return {path: tree} of the project's modules."""
    found = {}
    for package in PACKAGES:
        for path in sorted((settings.BASE_DIR / package).rglob("*.py")):
            if "migrations" not in path.parts:
                found[path.relative_to(settings.BASE_DIR)] = ast.parse(path.read_text())
    return found


@cache
def acts():
    """Return the dotted names of the functions that write or send, directly or through others."""
    calls, found = {}, set()
    for path, tree in trees().items():
        module, names = module_of(path), names_in(tree)
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef) or "fixture" in "".join(map(ast.unparse, node.decorator_list)):
                continue
            name, inner = f"{module}.{node.name}", calls_in(node)
            calls[name] = {called(call, names, module) for call in inner}
            if any(writes(call) or (module.startswith("tests.") and is_method(call, SENDS)) for call in inner):
                found.add(name)
    found |= ALSO_WRITE - {"live.feed.placing.place_taps"}
    while more := {name for name, inner in calls.items() if name not in found and inner & found}:
        found |= more
    # Readers place taps; they aren't acts for that.
    return found | ALSO_WRITE


def acts_in_asserts(module, tree):
    """Yield the calls in assertions that send, write, or pass on a function that writes."""
    names = names_in(tree)
    for node in ast.walk(tree):
        for call in calls_in(node.test) if isinstance(node, ast.Assert) else ():
            passed = {names.get(value.id) for value in call.args if isinstance(value, ast.Name)}
            if asks(call) or called(call, names, module) in acts() or passed & acts():
                yield f"{module}:{node.lineno} {ast.unparse(call)[:80]}"


def comparisons_with_itself(module, tree):
    for node in ast.walk(tree):
        for inner in ast.walk(node.test) if isinstance(node, ast.Assert) else ():
            if isinstance(inner, ast.Compare):
                sides = [ast.dump(side) for side in (inner.left, *inner.comparators)]
                if any(left == right for left, right in pairwise(sides)):
                    yield f"{module}:{node.lineno} {ast.unparse(inner)[:80]}"


def names_that_say_nothing(module, tree):
    """Yield the names of tests of less than three words: a fact has a subject and a verb."""
    for node in ast.walk(tree):
        is_test = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
        if is_test and node.name.count("_") < 3:
            yield f"{module}:{node.lineno} {node.name}"


@pytest.mark.parametrize("check", [acts_in_asserts, comparisons_with_itself, names_that_say_nothing])
def test_tests_keep_their_shape(check):
    tests = {path: tree for path, tree in trees().items() if path.parts[0] == "tests"}

    found = [line for path, tree in tests.items() for line in check(module_of(path), tree)]

    assert len(tests) > 200
    assert found == []


@pytest.mark.parametrize(
    ("check", "source"),
    [
        (acts_in_asserts, "assert client.get(page).status_code == 200"),
        (acts_in_asserts, "assert cleo.post(page) == 200"),
        (acts_in_asserts, "from live.sessions.sessions import end_session\nassert end_session(live).points == 5"),
        (acts_in_asserts, "from tests.factories import make_user\nassert make_user('Vera').name == 'Vera'"),
        (acts_in_asserts, "from wallet import recharges\nassert recharges.fail_abandoned_recharges() == 1"),
        (
            acts_in_asserts,
            "from live.sessions.sessions import end_session\nassert refused(end_session, live)",
        ),
        (comparisons_with_itself, "assert vera.coins == vera.coins"),
        (comparisons_with_itself, "assert 0 < (a + b) <= (a + b)"),
        (names_that_say_nothing, "def test_on_hold(cleo):\n    pass"),
    ],
)
def test_planted_fault_is_found(check, source):
    found = list(check("tests.planted", ast.parse(source)))

    assert len(found) == 1


@pytest.mark.parametrize(
    "source",
    [
        "from wallet.coins import coin_balance\nassert coin_balance(vera) == 95",
        "assert vera.recharges.get(pk=number).status == 'paid'",
        "assert headers.get('Location') == page.headers['Location']",
    ],
)
def test_assertion_may_read(source):
    found = list(acts_in_asserts("tests.planted", ast.parse(source)))

    assert found == []
