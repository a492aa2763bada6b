"""No file of the program imports itself by way of others, wherever the imports stand."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import tui

ROOT = Path(tui.__file__).parent


def modules(root: Path, package: str) -> dict[str, Path]:
    """Every module below the folder, by its full name; a package stands for its `__init__`."""
    found = {}
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        found[".".join((package, *(parts[:-1] if parts[-1] == "__init__" else parts)))] = path
    return found


def imports(root: Path, package: str) -> dict[str, set[str]]:
    """Which modules each one names, also inside functions and for the type checker alone."""
    known = modules(root, package)
    return {name: {each for each in _named(path, known) if each in known} - {name} for name, path in known.items()}


def _named(path: Path, known: Collection[str]) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            assert node.module is not None
            for alias in node.names:
                # What is imported from a package is a module of it, or a name in its `__init__`.
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in known else node.module


def circles(graph: Mapping[str, Collection[str]]) -> list[set[str]]:
    """The groups of modules that reach each other."""
    reach = {name: set(named) for name, named in graph.items()}
    for middle in reach:
        for targets in reach.values():
            if middle in targets:
                targets.update(reach[middle])
    inside = [name for name in reach if name in reach[name]]
    groups = {frozenset(other for other in inside if other in reach[name] and name in reach[other]) for name in inside}
    return sorted((set(group) for group in groups), key=sorted)


def test_the_program_has_no_circle_of_files() -> None:
    graph = imports(ROOT, "tui")
    assert graph["tui.cli.root"] >= {"tui.cli.measure", "tui.errors", "tui.version"}, "the walk sees what there is"
    assert circles(graph) == []


def test_a_circle_is_found_wherever_the_import_stands(tmp_path: Path) -> None:
    package = tmp_path / "house"
    (package / "cellar").mkdir(parents=True)
    files = {
        "__init__": "",
        "cellar/__init__": "",
        "roof": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from house.cellar import stairs\n",
        "cellar/stairs": "def climb() -> None:\n    import house.door\n",
        "door": "from house.roof import tiles\n",
        "garden": "import house.door, house.roof\n",
    }
    for name, text in files.items():
        (package / f"{name}.py").write_text(text)
    assert circles(imports(package, "house")) == [{"house.roof", "house.cellar.stairs", "house.door"}]
