"""A card's fields, each checked as it is asked for."""

from __future__ import annotations

import math
from collections.abc import Callable
from difflib import get_close_matches
from typing import Final

from tui.errors import ModelError

_LARGEST_NUMBER = 1e30
_REQUIRED: Final = object()


class CardFields:
    """Reads a card's fields by dotted name and remembers which were asked for."""

    def __init__(self, where: str, table: dict[str, object]) -> None:
        self.where = where
        self._values: dict[str, object] = {}
        for name, value in table.items():
            if name in ("input", "output") and not isinstance(value, dict):
                raise wrong(where, f"{name} is {_shown(value)}: must be a table, [{name}]")
            if isinstance(value, dict):
                self._values.update({f"{name}.{inner}": inner_value for inner, inner_value in value.items()})
            else:
                self._values[name] = value
        self._asked: set[str] = set()

    def check_all_known(self) -> None:
        """A misspelt field is named, not passed over."""
        for name in self._values:
            if name not in self._asked:
                near = get_close_matches(name, self._asked, 1)
                meant = f"is it {near[0]}" if near else "is it misspelt"
                raise wrong(self.where, f"{name}: there is no such field; {meant}?")

    def text(self, name: str, default: str | None = None) -> str:
        """A text, not empty unless it may be left out."""
        value = self._take(name, _REQUIRED if default is None else default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise wrong(self.where, f'{name} is {_shown(value)}: must be a text in "quotes"')
        return value

    def choice(self, name: str, *choices: str, default: str | None = None) -> str:
        """One of several words."""
        value = self._take(name, _REQUIRED if default is None else default)
        if value not in choices:
            raise wrong(self.where, f"{name} is {_shown(value)}: must be " + " or ".join(f'"{c}"' for c in choices))
        return str(value)

    def flag(self, name: str) -> bool:
        """True or false; false where it is left out."""
        value = self._take(name, False)
        if not isinstance(value, bool):
            raise wrong(self.where, f"{name} is {_shown(value)}: must be true or false")
        return value

    def number(self, name: str, valid: Callable[[float], bool], rule: str, default: float | None = None) -> float:
        """A number that float32 can hold."""
        value = self._take(name, _REQUIRED if default is None else default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise wrong(self.where, f"{name} is {_shown(value)}: must be a number")
        if value == default:
            return float(value)
        number = _finite(value)
        if number is None or not valid(number):
            raise wrong(self.where, f"{name} is {_shown(value)}: {rule}")
        return number

    def whole(self, name: str, lowest: int, highest: int, default: int | None = None) -> int:
        """A whole number."""
        value = self._take(name, _REQUIRED if default is None else default)
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
            raise wrong(self.where, f"{name} is {_shown(value)}: must be a whole number from {lowest} to {highest}")
        return value

    def sides(self, name: str, lowest: int, highest: int) -> tuple[int, int] | None:
        """(height, width), both the same where one number stands for both; None where it is left out."""
        value = self._take(name, None)
        if value is None:
            return None
        given = value if isinstance(value, list) else [value, value]
        numbers = [v for v in given if isinstance(v, int) and not isinstance(v, bool) and lowest <= v <= highest]
        if len(given) != 2 or len(numbers) != 2:
            raise wrong(
                self.where,
                f"{name} is {_shown(value)}: must be a whole number from {lowest} to {highest}, or two of them, "
                "[height, width]",
            )
        return (numbers[0], numbers[1])

    def has(self, name: str) -> bool:
        """Whether it is there at all."""
        return name in self._values

    def is_list(self, name: str) -> bool:
        """Whether it is written as several."""
        return isinstance(self._values.get(name), list)

    def three(
        self,
        name: str,
        valid: Callable[[float], bool] = math.isfinite,
        rule: str = "must be finite",
        default: list[float] | None = None,
    ) -> tuple[float, float, float]:
        """Three numbers, one a channel."""
        value = self._take(name, _REQUIRED if default is None else default)
        given = value if isinstance(value, list) else []
        if len(given) != 3 or not all(isinstance(v, int | float) and not isinstance(v, bool) for v in given):
            raise wrong(self.where, f"{name} is {_shown(value)}: must be three numbers, such as [0.0, 0.0, 0.0]")
        numbers = [number for v in given if (number := _finite(v)) is not None and valid(number)]
        if len(numbers) != 3:
            raise wrong(self.where, f"{name} is {_shown(value)}: {rule}")
        first, second, third = numbers
        return (first, second, third)

    def pair(self, name: str) -> tuple[float, float] | None:
        """Two numbers; None where it is left out."""
        value = self._take(name, None)
        if value is None:
            return None
        given = value if isinstance(value, list) else []
        numbers = [
            number
            for v in given
            if isinstance(v, int | float) and not isinstance(v, bool) and (number := _finite(v)) is not None
        ]
        if len(given) != 2 or len(numbers) != 2:
            raise wrong(self.where, f"{name} is {_shown(value)}: must be two numbers, such as [0.2, 20.0]")
        return (numbers[0], numbers[1])

    def _take(self, name: str, default: object) -> object:
        self._asked.add(name)
        value = self._values.get(name, default)
        if value is _REQUIRED:
            raise wrong(self.where, f"{name} is missing")
        return value


def _finite(value: float) -> float | None:
    """A number as it can be reckoned with in float32, or None."""
    try:
        return float(value) if abs(value) <= _LARGEST_NUMBER else None
    except OverflowError:
        return None


def _shown(value: object) -> str:
    return repr(value)[:60]


def wrong(where: str, problem: str) -> ModelError:
    """What is wrong with a card, in one line."""
    return ModelError(f"card {where}: {problem}")
