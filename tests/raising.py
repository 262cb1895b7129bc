"""The functions that views call and that raise a Refusal, read from the source: the tables of tests follow the code."""

import ast
from functools import cache
from pathlib import Path

from config import urls  # noqa: F401 (imports every view: a class of refusal is known once it is imported)
from people.refusals import Refusal

APPS = ("people", "wallet", "payouts", "live")
ROOT = Path(__file__).parent.parent


def kinds_of_refusal(kind=Refusal):
    """Return Refusal and every class below it."""
    return [kind, *(below for child in kind.__subclasses__() for below in kinds_of_refusal(child))]


@cache
def verbs_that_views_call():
    """Return the functions that views call and that raise a Refusal, such as "live.gifts.taps.tap_gift"."""
    raising = _raising()
    return sorted(
        {
            f"{where}.{name}"
            for module, (_, functions) in _modules().items()
            if "views" in module.split(".")
            for names in functions.values()
            for where, name in names & raising
            if "views" not in where.split(".")
        }
    )


def _raising():
    """Return the (module, function) that raise a Refusal, or call one that does."""
    kinds = {kind.__name__ for kind in kinds_of_refusal()}
    calls = {(module, name): used for module, (_, functions) in _modules().items() for name, used in functions.items()}
    raising = {(module, name) for module, name in calls if _raises(_modules()[module][0][name], kinds)}
    while more := {key for key, used in calls.items() if used & raising} - raising:
        raising |= more
    return raising


def _raises(function, kinds):
    nodes = [node for node in ast.walk(function) if isinstance(node, ast.Raise | ast.Return)]
    called = [call.func for node in nodes for call in ast.walk(node) if isinstance(call, ast.Call)]
    return any(getattr(func, "id", getattr(func, "attr", None)) in kinds for func in called)


@cache
def _modules():
    """Return {module: ({function: node}, {function: the (module, name) that it uses})}."""
    trees = {_name_of(path): ast.parse(path.read_text()) for app in APPS for path in (ROOT / app).rglob("*.py")}
    return {module: _read(module, tree) for module, tree in trees.items() if "migrations" not in module}


def _name_of(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _read(module, tree):
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    known = {name: (module, name) for name in functions}
    known |= {node.name: (module, node.name) for node in tree.body if isinstance(node, ast.ClassDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            known |= {alias.asname or alias.name: (node.module, alias.name) for alias in node.names}
    return functions, {name: set(_used(node, known)) for name, node in functions.items()}


def _used(function, known):
    """Yield what the body uses. Decorators are left out: they refuse for any view, and have tests of their own."""
    for node in (node for part in function.body for node in ast.walk(part)):
        if isinstance(node, ast.Name) and node.id in known:
            yield known[node.id]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in known:
            where, name = known[node.value.id]
            yield f"{where}.{name}", node.attr
