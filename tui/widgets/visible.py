"""Text from outside (names of files, cameras, models) as something that can stand in a row of a screen."""

from __future__ import annotations

_DELETE, _CONTROL_PICTURES = 0x7F, 0x2400
_SIGNS = {code: chr(_CONTROL_PICTURES + code) for code in range(32)}
_SIGNS[_DELETE] = "\N{SYMBOL FOR DELETE}"
_UNKNOWN = dict.fromkeys(
    [
        *range(0x80, 0xA0),  # more controls
        0x061C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A),  # lines and directions of writing
        *range(0xD800, 0xE000),  # bytes of a name that are no text
    ],
    "\N{REPLACEMENT CHARACTER}",
)  # fmt: skip
_ALL = _SIGNS | _UNKNOWN


def visible(text: str) -> str:
    """The same text with a sign of one column for every character that would move, hide or turn round what follows."""
    return text if text.isascii() and text.isprintable() else text.translate(_ALL)
