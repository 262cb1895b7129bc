"""Prove that only comments and docstrings changed since a commit.

Usage: python scripts/same_code.py [COMMIT]      HEAD if left out; exit with 1 and name what else changed

Python files are compared as syntax trees without docstrings, the others as text without comments and without space
at the ends of lines. Files that are new, gone or moved are named too.
"""

import ast
import re
import subprocess
import sys
from pathlib import Path

IN_TEMPLATE = re.compile(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}|<!--.*?-->", re.S)
IN_STYLE = re.compile(r"/\*.*?\*/", re.S)
# A string or a regular expression of a script is kept whole: it may hold what looks like a comment.
IN_SCRIPT = re.compile(
    r"""(?P<kept>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|(?<=[(=,:!&|?;{}\n])\s*/(?![/*])(?:\\.|[^/\\\n])+/)"""
    r"|//[^\n]*|/\*.*?\*/",
    re.S,
)


def python_without_prose(source: str) -> str:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:]
    return ast.dump(tree)


def text_without_prose(source: str, suffix: str) -> str:
    if suffix == ".js":
        source = IN_SCRIPT.sub(lambda match: match["kept"] or "", source)
    else:
        source = (IN_STYLE if suffix == ".css" else IN_TEMPLATE).sub("", source)
    return "\n".join(line.strip() for line in source.splitlines() if line.strip())


def code_of(source: str, path: str) -> str:
    """Return the code of a file, as a text that comments and docstrings don't change."""
    suffix = Path(path).suffix
    if suffix == ".py":
        return python_without_prose(source)
    return text_without_prose(source, suffix) if suffix in {".js", ".css", ".html", ".txt"} else source


def git(*words: str) -> str:
    return subprocess.run(["git", *words], capture_output=True, text=True, check=True).stdout


def main() -> int:
    commit = sys.argv[1] if len(sys.argv) > 1 else "HEAD"
    changed = [line.split("\t") for line in git("diff", "--name-status", "--no-renames", commit).splitlines()]
    differing = 0
    for status, path in changed:
        if Path(path).suffix == ".md":
            continue
        same = status == "M" and code_of(git("show", f"{commit}:{path}"), path) == code_of(Path(path).read_text(), path)
        if not same:
            differing += 1
            print(f"{path}: more than prose")
    print(f"{len(changed) - differing} of {len(changed)} changed files differ in prose alone")
    return 1 if differing else 0


if __name__ == "__main__":
    raise SystemExit(main())
