"""Which picture of a TIFF file is the full one: never a thumbnail, and never a raw one in false colours."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from tui.errors import InputError

_REDUCED, _MASK = 1, 4
"""Bits of the tag NewSubfileType."""
_OLD_REDUCED = 2
_RAW_KINDS = {32803, 34892}
"""PhotometricInterpretation of a colour filter array and of linear raw."""
_MOST_PAGES = 500
_WIDTH, _HEIGHT, _SUBFILE, _OLD_SUBFILE, _PHOTOMETRIC, _SUBIFDS = 256, 257, 254, 255, 262, 330


@dataclass(frozen=True, slots=True)
class _Page:
    offset: int
    """Of its directory in the file."""
    width: int
    height: int
    is_full: bool
    is_raw: bool

    @property
    def area(self) -> int:
        return self.width * self.height


def full_picture(file: BinaryIO, name: str) -> tuple[BinaryIO, str]:
    """A TIFF file whose first page is its full picture, and a note where there were several to choose from.

    Raises:
        InputError: only a thumbnail, or raw sensor values.
    """
    try:
        pages = _pages(file)
    except (struct.error, OSError, ValueError, TypeError, KeyError, SyntaxError):  # the reader says what is wrong
        pages = []
    file.seek(0)
    if not pages:
        return file, ""
    full = [page for page in pages if page.is_full]
    best = max(full or pages, key=lambda page: page.area)
    if best.is_raw:
        raise InputError(
            f"{name}: raw sensor values (DNG or the like); develop it into a JPEG, PNG or TIFF first (darktable, "
            "RawTherapee)"
        )
    if not full:
        raise InputError(
            f"{name}: only its thumbnail of {best.width}x{best.height} can be read, not the full picture; develop or "
            "convert it into a JPEG, PNG or TIFF first"
        )
    note = ""
    if len(full) > 1:
        same = all(page.area == best.area for page in full)
        note = f"page 1 of {len(full)} is shown" if same else f"the largest of its {len(full)} pages is shown"
    return (file if best is pages[0] else _starting_at(file, best.offset)), note


def _starting_at(file: BinaryIO, offset: int) -> BinaryIO:
    """The same file with another directory first: all offsets in a TIFF count from its beginning."""
    data = file.read()
    order = "<" if data[:2] == b"II" else ">"
    if data[2:4] in (b"+\0", b"\0+"):
        return BytesIO(data[:8] + struct.pack(order + "Q", offset) + data[16:])
    return BytesIO(data[:4] + struct.pack(order + "I", offset) + data[8:])


def _pages(file: BinaryIO) -> list[_Page]:
    """All directories, the chain's first and then those below them."""
    from PIL.TiffImagePlugin import ImageFileDirectory_v2

    file.seek(0)
    head = file.read(8)
    if head[2:4] in (b"+\0", b"\0+"):
        head += file.read(8)
    first = ImageFileDirectory_v2(head)
    pages: list[_Page] = []
    seen: set[int] = set()
    waiting = [first.next]
    while waiting and len(seen) < _MOST_PAGES:
        offset = waiting.pop(0)
        if not offset or offset in seen:
            continue
        seen.add(offset)
        file.seek(offset)
        tags = ImageFileDirectory_v2(head)
        try:
            tags.load(file)
            pages.append(_page(tags, offset))
            below = tags.get(_SUBIFDS, ())
        except (struct.error, OSError, ValueError, TypeError, KeyError, SyntaxError):
            if not pages:
                raise
            continue  # a broken directory behind good ones
        waiting.insert(0, tags.next or 0)
        waiting.extend(each for each in (below if isinstance(below, tuple) else (below,)) if isinstance(each, int))
    return pages


def _page(tags: object, offset: int) -> _Page:
    def number(tag: int, default: int) -> int:
        value = tags.get(tag, default)  # type: ignore[attr-defined]  # a mapping of what the file says
        return int(value[0] if isinstance(value, tuple) else value)

    kind = number(_SUBFILE, 0)
    is_full = not kind & (_REDUCED | _MASK) and number(_OLD_SUBFILE, 1) != _OLD_REDUCED
    is_raw = number(_PHOTOMETRIC, 1) in _RAW_KINDS
    return _Page(offset, number(_WIDTH, 0), number(_HEIGHT, 0), is_full, is_raw)
