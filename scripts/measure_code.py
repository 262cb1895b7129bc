"""Print figures about the shape of a checkout: lengths, folders, prose, types and import cycles.

Usage: python scripts/measure_code.py [FOLDER]      the figures, as a table
       python scripts/measure_code.py --check       exit with 1 if a bound is exceeded; `make lint` calls it

Standard library only, so that the script runs on any checkout without its environment.
"""

import argparse
import ast
import io
import re
import subprocess
import tokenize
from collections import Counter
from pathlib import Path
from typing import NamedTuple

# A sentence about code has a thing as its subject. These words open sentences that have none.
PRONOUN = re.compile(r"(What|Who|Whoever|Whose|Whom|Those|Somebody|Nobody|Whatever|All that|None of)\b")
COMMENT_IN_TEXT = re.compile(r"/\*\s*(.*?)\*/|(?:^|\s)//\s*(.*?)$|\{#\s*(.*?)#\}", re.M | re.S)
LONG_LINE = 120

MOST_PRONOUNS = 0.01
MOST_VAGUE = 0.03
LONGEST_FUNCTION = 41
LONGEST_MODULE = 300


class Function(NamedTuple):
    """A function of the project: where it is, its lines, and whether it says what it takes and returns."""

    where: str
    lines: int
    has_return_type: bool
    # A parameter or the result is `Any` or `object` as it stands, or a parameter has no type at all.
    is_vague: bool


class Figures(NamedTuple):
    """The figures of one checkout. Every list is sorted with its largest first."""

    functions: list[Function]
    modules: list[tuple[int, str]]
    folders: list[tuple[int, str]]
    openings: list[tuple[str, str]]
    template_lines: list[tuple[int, str]]
    cycles: list[list[str]]

    def pronouns(self) -> list[tuple[str, str]]:
        return [(where, text) for where, text in self.openings if PRONOUN.match(text)]

    def long_template_lines(self) -> list[tuple[int, str]]:
        return [(length, where) for length, where in self.template_lines if length > LONG_LINE]


def tracked_files(root: Path) -> list[Path]:
    """Return the files that git tracks below `root`, without vendored files and migrations."""
    listed = subprocess.run(["git", "ls-files"], cwd=root, capture_output=True, text=True, check=True).stdout
    paths = (Path(line) for line in listed.splitlines())
    return [path for path in paths if not {"vendor", "migrations"} & set(path.parts) and (root / path).is_file()]


def is_vague(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Return whether a type says nothing. Options that are passed on (`**options: Any`) aren't asked for."""
    given = function.args
    parameters = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    types = [one.annotation for one in parameters if one.arg not in {"self", "cls"}] + [function.returns]
    return any(type_ is None or ast.unparse(type_) in {"Any", "object"} for type_ in types)


def functions_in(path: Path, tree: ast.Module) -> list[Function]:
    return [
        Function(
            f"{path}:{node.lineno} {node.name}",
            node.end_lineno - node.lineno + 1,
            node.returns is not None,
            is_vague(node),
        )
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def openings_in_python(path: Path, source: str, tree: ast.Module) -> list[tuple[str, str]]:
    """Return the first words of each docstring and of each block of comment lines."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = ast.get_docstring(node)
            if docstring:
                found.append((f"{path}:{getattr(node, 'lineno', 1)}", docstring.split("\n")[0]))
    last_line = -1
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            text = token.string.lstrip("#! ")
            if token.start[0] != last_line + 1 and text:
                found.append((f"{path}:{token.start[0]}", text))
            last_line = token.start[0]
    return found


def openings_in_text(path: Path, source: str) -> list[tuple[str, str]]:
    """Return the first words of each comment of a template, a style sheet or a script."""
    found, last_end = [], None
    for match in COMMENT_IN_TEXT.finditer(source):
        text = next(group for group in match.groups() if group is not None)
        # A line of `//` that follows another continues its sentence.
        follows = match.group(2) is not None and last_end is not None and not source[last_end : match.start()].strip()
        if not follows and text.strip():
            found.append((f"{path}:{source.count(chr(10), 0, match.start()) + 1}", text.strip().split("\n")[0]))
        last_end = match.end()
    return found


def imported_modules(tree: ast.Module, known: set[str]) -> set[str]:
    """Return the project's modules that a module imports when it is loaded."""
    found = set()
    for node in tree.body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return found & known


def import_cycles(imports: dict[str, set[str]]) -> list[list[str]]:
    """Return the sets of modules that import each other in a circle (Tarjan's strongly connected components)."""
    index, low, on_stack, stack, cycles = {}, {}, set(), [], []

    def visit(module: str) -> None:
        index[module] = low[module] = len(index)
        stack.append(module)
        on_stack.add(module)
        for other in imports.get(module, ()):
            if other not in index:
                visit(other)
                low[module] = min(low[module], low[other])
            elif other in on_stack:
                low[module] = min(low[module], index[other])
        if low[module] == index[module]:
            component = []
            while not component or component[-1] != module:
                component.append(stack.pop())
                on_stack.discard(component[-1])
            if len(component) > 1:
                cycles.append(sorted(component))

    for module in imports:
        if module not in index:
            visit(module)
    return cycles


def measure(root: Path) -> Figures:
    """Read every tracked file of a checkout once and return its figures."""
    functions, modules, openings, template_lines, trees = [], [], [], [], {}
    files = tracked_files(root)
    for path in files:
        if path.suffix not in {".py", ".html", ".css", ".js"}:
            continue
        source = (root / path).read_text(errors="replace")
        if path.suffix == ".py":
            tree = ast.parse(source)
            trees[".".join(path.with_suffix("").parts).removesuffix(".__init__")] = tree
            functions += functions_in(path, tree)
            modules.append((source.count("\n"), str(path)))
            openings += openings_in_python(path, source, tree)
        else:
            openings += openings_in_text(path, source)
        if path.suffix == ".html":
            lines = enumerate(source.splitlines(), start=1)
            template_lines += [(len(line), f"{path}:{number}") for number, line in lines]
    folders = Counter(
        str(path.parent) for path in files if path.suffix in {".py", ".html"} and path.name != "__init__.py"
    )
    imports = {name: imported_modules(tree, set(trees)) - {name} for name, tree in trees.items()}
    return Figures(
        sorted(functions, key=lambda function: -function.lines),
        sorted(modules, reverse=True),
        sorted(((count, folder) for folder, count in folders.items()), reverse=True),
        openings,
        sorted(template_lines, reverse=True),
        import_cycles(imports),
    )


def in_product(where: str) -> bool:
    return not where.startswith(("tests", "bench", "scripts"))


def share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({100 * part / max(whole, 1):.1f} %)"


def print_figures(figures: Figures) -> None:
    product = [function for function in figures.functions if in_product(function.where)]
    of_tests = [f"{lines} {path}" for lines, path in figures.modules if path.startswith("tests")]
    typed = sum(function.has_return_type for function in product)
    vague = sum(function.is_vague for function in product)
    long_lines, cycles = figures.long_template_lines(), figures.cycles
    rows = [
        ("longest functions", [f"{f.lines} {f.where}" for f in product[:3]]),
        ("longest modules", [f"{lines} {path}" for lines, path in figures.modules if in_product(path)][:3]),
        ("longest test modules", of_tests[:3]),
        ("largest folders of Python", [f"{n} {name}" for n, name in figures.folders if "templates" not in name][:3]),
        ("largest folders of templates", [f"{n} {name}" for n, name in figures.folders if "templates" in name][:3]),
        ("functions with a return type", [share(typed, len(product))]),
        ("functions with a vague type", [share(vague, len(product))]),
        ("openings by a pronoun", [share(len(figures.pronouns()), len(figures.openings))]),
        (f"template lines over {LONG_LINE}", [share(len(long_lines), len(figures.template_lines))]),
        ("longest template line", [f"{length} {where}" for length, where in figures.template_lines[:1]]),
        ("import cycles", [" ".join(cycle) for cycle in cycles] or ["none"]),
    ]
    for name, values in rows:
        print(f"{name:30}{values[0]}")
        for value in values[1:]:
            print(f"{'':30}{value}")


def exceeded_bounds(figures: Figures) -> list[str]:
    """Return a sentence for each bound of the house that the checkout exceeds."""
    said = [f"{where}: opens with a pronoun: {text[:60]}" for where, text in figures.pronouns()]
    said = said if len(said) >= MOST_PRONOUNS * len(figures.openings) else []
    product = [function for function in figures.functions if in_product(function.where)]
    vague = [f"{function.where}: a type that says nothing" for function in product if function.is_vague]
    said += vague if len(vague) >= MOST_VAGUE * len(product) else []
    said += [f"{function.where}: {function.lines} lines" for function in product if function.lines > LONGEST_FUNCTION]
    said += [f"{where}: {length} characters" for length, where in figures.long_template_lines()]
    said += [
        f"{path}: {lines} lines"
        for lines, path in figures.modules
        if lines > LONGEST_MODULE and not path.startswith("bench")
    ]
    said += [f"import cycle: {' '.join(cycle)}" for cycle in figures.cycles]
    return said


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", default=".", type=Path)
    parser.add_argument("--check", action="store_true", help="exit with 1 if a bound is exceeded")
    options = parser.parse_args()
    figures = measure(options.folder)
    if not options.check:
        print_figures(figures)
        return 0
    said = exceeded_bounds(figures)
    print(*said, sep="\n", end="\n" if said else "")
    return 1 if said else 0


if __name__ == "__main__":
    raise SystemExit(main())
