"""What was measured at each source, kept as it is made: one JSON file a source, versioned, written whole or not at all.

Nobody asked for these files, so there are never more than `MOST` of them: the oldest go first.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tui.storage.named import Documents
from tui.storage.paths import kept_dir
from tui.storage.plain import Fields
from tui.storage.profiles import Profile, profile_from_plain, profile_to_plain

MOST = 200
"""Sources that are remembered."""

_KEPT = Documents(
    what="measurement",
    one="a measurement",
    file_format="depth-tui measurement",
    version=1,
    most_bytes=8_000_000,
    folder=kept_dir,
    remedy="delete it; nothing but what was measured there is lost",
    none_yet="none is kept yet",
)


@dataclass(frozen=True, slots=True)
class Kept:
    """What was measured at one source."""

    profile: Profile
    """References, calibration, camera and markers; its name is that of the profile they come from, or empty."""
    pins: tuple[tuple[int, int, int], ...]
    """(number, column, row) each."""
    saved_at_s: float
    """Seconds since the epoch."""

    @property
    def empty(self) -> bool:
        """Whether there is nothing in it."""
        found = self.profile
        measured = found.references or found.calibration or found.markers or found.intrinsics or self.pins
        return not (measured or found.regions or found.ranges or found.floor)


def save_kept(source: str, kept: Sequence[Kept]) -> Path:
    """Write what was measured at a source, one entry a picture size or session, in place of what was there.

    Raises:
        StorageError: it could not be written; what was there is then as it was.
    """
    path = _path_of(source)
    if all(each.empty for each in kept):
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        return path
    _KEPT.write(path, {"source": hashlib.sha256(source.encode(errors="replace")).hexdigest(), "kept": _plain(kept)})
    _bound(".json")
    return path


def load_kept(source: str) -> tuple[Kept, ...]:
    """What was measured at a source; empty if nothing was.

    Raises:
        StorageError: what is there cannot be read.
    """
    path = _path_of(source)
    if not path.exists():
        return ()
    fields = _KEPT.read(path)
    return tuple(_from_plain(each) for each in fields.children("kept"))


def set_aside_unreadable(source: str) -> Path | None:
    """Move a file that cannot be read out of the way, so that it is not overwritten; None if it cannot be moved.

    Returns:
        Its new place.
    """
    path = _path_of(source)
    aside = path.with_suffix(".unreadable")
    try:
        path.replace(aside)
    except OSError:
        return None
    _bound(".unreadable")
    return aside


def _plain(kept: Sequence[Kept]) -> list[dict[str, object]]:
    return [
        {
            "saved_at_s": each.saved_at_s,
            "pins": [{"number": number, "x": x, "y": y} for number, x, y in each.pins],
            "measured": profile_to_plain(each.profile),
        }
        for each in kept
        if not each.empty
    ]


def _from_plain(fields: Fields) -> Kept:
    pins = tuple((pin.whole("number", 1), pin.whole("x"), pin.whole("y")) for pin in fields.children("pins"))
    return Kept(profile_from_plain(fields.child("measured")), pins, fields.number("saved_at_s"))


def _path_of(source: str) -> Path:
    """By its hash: a source may hold a password, or be longer than a name may be."""
    return kept_dir() / f"{hashlib.sha256(source.encode(errors='replace')).hexdigest()[:32]}.json"


def _bound(suffix: str) -> None:
    with contextlib.suppress(OSError):
        found = sorted(kept_dir().glob(f"*{suffix}"), key=lambda path: path.stat().st_mtime)
        for path in found[: max(0, len(found) - MOST)]:
            path.unlink(missing_ok=True)
