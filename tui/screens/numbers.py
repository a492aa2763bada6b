"""Numbers as a user types them into a field."""

from __future__ import annotations

from tui.errors import InputError


def whole_number(text: str, what: str) -> int:
    """A whole number from a field.

    Raises:
        InputError: names the field and what was typed.
    """
    try:
        return int(text)
    except ValueError as error:
        raise InputError(f"{what} is '{text}': type a whole number of pixels, such as 120") from error
