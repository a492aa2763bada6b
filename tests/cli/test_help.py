"""Each command's help: it fits a terminal of 80 columns and ends with examples that the parser takes."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
import typer
from typer.core import TyperGroup

from tui.cli.examples import EXAMPLES
from tui.cli.root import app, run

ROOT = "depth-tui"


def commands(command: object, path: str = ROOT) -> Iterator[tuple[str, Any]]:
    """Every command with its whole name."""
    yield path, command
    if isinstance(command, TyperGroup):
        for name, each in command.commands.items():
            yield from commands(each, f"{path} {name}")


PATHS = [path for path, _ in commands(typer.main.get_command(app))]


def ran(words: list[str]) -> str:
    """The name of the command that these words would run, without running it."""
    root: Any = typer.main.get_command(app)
    seen: list[str] = []
    for path, each in commands(root):
        each.callback = partial(_note, seen, path)
    root.main(words, prog_name=ROOT, standalone_mode=False)
    return seen[-1]


def _note(seen: list[str], path: str, **_given: object) -> None:
    seen.append(path)


def command_lines(text: str) -> Iterator[list[str]]:
    """What is typed after `depth-tui` in a line of a shell; what it is piped to is another program's."""
    lexer = shlex.shlex(text.replace("\\\n", " "), posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words: list[str] = []
    for word in (*lexer, "&&"):
        if word not in {"&&", "|"}:
            words.append(word)
            continue
        if words[0] == ROOT:
            yield words[1:]
        words = []


@pytest.mark.parametrize("path", PATHS)
def test_each_command_has_two_or_three_examples_that_the_parser_takes(path: str) -> None:
    examples = EXAMPLES[path]
    assert 2 <= len(examples) <= 3
    lines = [words for each in examples for words in command_lines(each.line)]
    names = [ran(words) for words in lines if "--help" not in words]
    assert path in names or path == f"{ROOT} calibrate", "an example shows the command itself"


def test_every_example_belongs_to_a_command() -> None:
    assert set(EXAMPLES) == set(PATHS)


def test_an_option_that_is_not_there_any_more_is_noticed() -> None:
    with pytest.raises(Exception, match="No such option"):
        ran(["cameras", "--yaml"])
    assert list(command_lines("depth-tui a --b '1 | 2' && depth-tui c | jq '.[]'")) == [["a", "--b", "1 | 2"], ["c"]]


@pytest.mark.parametrize("path", PATHS)
def test_help_fits_80_columns_and_ends_with_the_examples(
    path: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert run([*path.split()[1:], "--help"]) == 0
    out = capsys.readouterr().out
    assert max(len(line) for line in out.splitlines()) <= 80
    assert "…" not in out, "a word too long for its column: it is cut, and nobody can type what stood there"
    assert "<bool>" not in out
    assert "BOOLEAN" not in out
    assert out.rstrip().endswith(EXAMPLES[path][-1].line)
    for each in EXAMPLES[path]:
        assert f"# {each.what}\n {each.line}\n" in out
