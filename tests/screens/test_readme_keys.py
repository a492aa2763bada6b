"""The README's table of keys is what the keys do, and its keys of one's own can be had."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from textual.binding import Binding

from tui.app import DepthApp
from tui.screens.keymap import keymap_of
from tui.screens.keys import MAIN_KEYS
from tui.screens.main import MainScreen

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
IN_WORDS = {"space", "enter", "tab", "pgup", "pgdn", "arrows"}
UNNAMED = {"escape", "⌫", "shift+tab"}
"""What the table leaves to the bottom row and to questions."""


def keys_of_the_table() -> list[str]:
    """Each key of the first column, as often as it stands there."""
    table = README.partition("| key | |\n|---|---|\n")[2].partition("\n\n")[0]
    firsts = [re.split(r"(?<!\\)\|", row)[1] for row in table.splitlines()]
    return [
        word
        for first in firsts
        for word in (*re.findall(r"`(\S+?)`", first), *re.findall(r"[a-z]+", re.sub(r"`\S+?`", "", first)))
        if len(word) == 1 or word in IN_WORDS
    ]


def test_no_key_stands_twice_in_the_table() -> None:
    keys = keys_of_the_table()
    assert "O" in keys
    assert "pgup" in keys
    assert sorted(keys) == sorted(set(keys))


def test_each_key_of_the_main_screen_is_in_the_table_and_none_else() -> None:
    bound = [each for each in MAIN_KEYS if isinstance(each, Binding)]
    names = {_name(each) for each in bound} - UNNAMED - {"question_mark"}
    told = set(keys_of_the_table())
    assert {name for name in names - told if f"`{name}`" not in README} == set()
    elsewhere = {"h", "j", "k", "l", "arrows", "q", "t"}  # of the picture and of the app
    assert told - names == elsewhere


def test_no_key_of_the_main_screen_does_two_things() -> None:
    keys = [key for each in MAIN_KEYS if isinstance(each, Binding) for key in each.key.split(",")]
    assert sorted(keys) == sorted(set(keys))


def test_the_keys_of_ones_own_that_are_shown_can_be_had() -> None:
    block = re.search(r"```toml\n(\[keys\]\n.*?)```", README, re.DOTALL)
    assert block
    told = tomllib.loads(block[1])["keys"].items()
    wanted = {name: keys if isinstance(keys, str) else ",".join(keys) for name, keys in told}
    assert wanted
    assert keymap_of(wanted, MainScreen.all_bindings(DepthApp))[1] == ()


def _name(binding: Binding) -> str:
    if binding.key_display:
        return binding.key_display
    first = binding.key.split(",")[0]
    words = {"pageup": "pgup", "pagedown": "pgdn", "plus": "+", "minus": "-", "left_curly_bracket": "{"}
    words |= {"right_curly_bracket": "}", "left_square_bracket": "[", "right_square_bracket": "]"}
    return words.get(first, first)
