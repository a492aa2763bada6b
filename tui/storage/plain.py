"""Values out of parsed JSON, each checked for its type: a file may hold anything."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import NoReturn

from tui.errors import StorageError

_MOST_WHOLE = 2**53
"""JSON knows no larger whole number for sure."""


class Fields:
    """One JSON object of a file of ours; every getter raises StorageError with the file's name and the remedy."""

    def __init__(self, value: object, *, what: str, remedy: str, where: str = "") -> None:
        self._what = what
        self._remedy = remedy
        self._where = where
        if not isinstance(value, dict):
            self.fail(f"{where or 'the file'} is not an object")
        self._values: dict[str, object] = value

    def fail(self, why: str) -> NoReturn:
        """Raise with the file, why, and the remedy.

        Raises:
            StorageError: always.
        """
        raise StorageError(f"{self._what}: {why}; {self._remedy}")

    def has(self, key: str) -> bool:
        """Whether the key is there and not null."""
        return self._values.get(key) is not None

    def text(self, key: str) -> str:
        """A string."""
        value = self._get(key)
        return value if isinstance(value, str) else self._wrong(key, "a text")

    def flag(self, key: str) -> bool:
        """True or false."""
        value = self._get(key)
        return value if isinstance(value, bool) else self._wrong(key, "true or false")

    def whole(self, key: str, least: int = 0) -> int:
        """An integer of at least `least`."""
        value = self._get(key)
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= _MOST_WHOLE:
            return value
        return self._wrong(key, f"a whole number of at least {least}")

    def number(self, key: str) -> float:
        """A finite number."""
        return self._number(self._get(key), key)

    def numbers(self, key: str, count: int) -> tuple[float, ...]:
        """A list of `count` finite numbers."""
        value = self._get(key)
        if isinstance(value, list) and len(value) == count:
            return tuple(self._number(each, key) for each in value)
        return self._wrong(key, f"a list of {count} numbers")

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings."""
        value = self._get(key)
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return tuple(str(each) for each in value)
        return self._wrong(key, "a list of texts")

    def length(self, key: str) -> int:
        """How many values a list has."""
        value = self._get(key)
        return len(value) if isinstance(value, list) else self._wrong(key, "a list")

    def child(self, key: str) -> Fields:
        """An object within this one."""
        return Fields(self._get(key), what=self._what, remedy=self._remedy, where=self._path(key))

    def value(self, key: str) -> object:
        """Whatever it is, for somebody who checks it."""
        return self._get(key)

    def values(self, key: str) -> Mapping[str, object]:
        """An object within this one, for somebody who checks its values."""
        value = self._get(key)
        return value if isinstance(value, dict) else self._wrong(key, "an object")

    def children(self, key: str) -> Iterator[Fields]:
        """A list of objects."""
        value = self._get(key)
        if not isinstance(value, list):
            self._wrong(key, "a list")
        for index, each in enumerate(value):
            yield Fields(each, what=self._what, remedy=self._remedy, where=f"{self._path(key)}[{index}]")

    def _get(self, key: str) -> object:
        if key not in self._values:
            self.fail(f"{self._path(key)} is missing")
        return self._values[key]

    def _number(self, value: object, key: str) -> float:
        if isinstance(value, int | float) and not isinstance(value, bool):
            try:
                number = float(value)
            except OverflowError:
                number = math.inf
            if math.isfinite(number):
                return number
        return self._wrong(key, "a finite number")

    def _wrong(self, key: str, expected: str) -> NoReturn:
        self.fail(f"{self._path(key)} is not {expected}")

    def _path(self, key: str) -> str:
        return f"{self._where}.{key}" if self._where else key
