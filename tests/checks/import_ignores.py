"""Keep the lines about ``import`` in ``tests/sanity/ignore-*.txt`` up to date.

ansible-test imports every file of ``plugins/`` in an environment without the libraries of requirements.txt. A plugin
itself must stand that, so that Ansible can list it and name what is missing. Code in ``plugin_utils/`` that needs the
libraries cannot: it runs only where they are, and each such file has a line with that reason.

Usage: ``import_ignores.py write|check``
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
COLLECTION = "ansible_collections.callhome.junos."
AT_HAND = sys.stdlib_module_names | {"ansible", "ansible_collections", "jinja2", "yaml"}
PYTHONS = {
    "2.19": ("3.11", "3.12", "3.13"),
    "2.20": ("3.12", "3.13", "3.14"),
    "2.21": ("3.12", "3.13", "3.14"),
}


def imported_names(path: Path) -> Iterator[str]:
    """Yield what the file imports when it is loaded, under dotted names; guarded imports do not count."""
    for statement in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.Import):
            yield from (alias.name for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom) and statement.module:
            yield statement.module
            yield from (f"{statement.module}.{alias.name}" for alias in statement.names)


def files_of(module: str) -> Iterator[Path]:
    """Yield the files of this collection that are loaded for a module: it, and the packages that it is in."""
    if not module.startswith(COLLECTION):
        return
    path = CHECKOUT.joinpath(*module.removeprefix(COLLECTION).split("."))
    packages = [folder / "__init__.py" for folder in (path, *path.parents) if folder.is_relative_to(CHECKOUT)]
    yield from (file for file in (path.with_suffix(".py"), *packages) if file.is_file())


@cache
def libraries_of(path: Path) -> frozenset[str]:
    """Return the libraries that must be installed for the file to be loaded."""
    libraries: set[str] = set()
    waiting, seen = [path], {path}
    while waiting:
        for name in imported_names(waiting.pop()):
            libraries |= {name.partition(".")[0]} - AT_HAND
            new = set(files_of(name)) - seen
            waiting += new
            seen |= new
    return frozenset(libraries)


def import_lines(pythons: tuple[str, ...]) -> list[str]:
    """Return the lines for one release of ansible-core, which has these Pythons."""
    lines = []
    for path in sorted((CHECKOUT / "plugins" / "plugin_utils").rglob("*.py")):
        packages = {file for parent in path.parents if (file := parent / "__init__.py").is_file()}
        libraries = sorted(libraries_of(path).union(*(libraries_of(file) for file in packages)))
        for python in pythons if libraries else ():
            lines.append(f"{path.relative_to(CHECKOUT)} import-{python}!skip  # needs {', '.join(libraries)}")
    return lines


def wanted_text(file: Path, pythons: tuple[str, ...]) -> str:
    """Return what the ignore file should hold: its lines about other tests, and these."""
    present = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    others = [line for line in present if " import-" not in line]
    return "".join(f"{line}\n" for line in others + import_lines(pythons))


def main(command: str) -> None:
    """Write the files, or name those that are out of date."""
    stale = []
    for core, pythons in PYTHONS.items():
        file = CHECKOUT / "tests" / "sanity" / f"ignore-{core}.txt"
        text = wanted_text(file, pythons)
        if command == "write":
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        elif not file.exists() or file.read_text(encoding="utf-8") != text:
            stale.append(str(file.relative_to(CHECKOUT)))
    if stale:
        sys.exit(f"Out of date: {', '.join(stale)}; `make sanity-ignores` writes them anew.")


if __name__ == "__main__":
    main(sys.argv[1])
