"""Cameras' intrinsics: one JSON file a name, versioned, written whole or not at all."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tui.errors import InputError, StorageError
from tui.geometry.intrinsics import Intrinsics
from tui.storage.atomic import write_atomically
from tui.storage.paths import data_dir
from tui.storage.plain import Fields

VERSION = 1
_FORMAT = "depth-tui intrinsics"
_SUFFIX = ".json"
_MAX_BYTES = 100_000
_NAME = re.compile(r"\w[\w .()+-]{0,63}")
_TAKEN = ("exif",)
"""Words that `--intrinsics` understands otherwise."""


def intrinsics_dir() -> Path:
    """Where they are, one file a camera."""
    return data_dir() / "intrinsics"


def check_intrinsics_name(name: str) -> str:
    """Return the name without surrounding blanks if it can be the name of a file.

    Raises:
        InputError: for an empty or too long one, one that could lead out of the folder, or a word with a meaning.
    """
    cleaned = name.strip()
    if not _NAME.fullmatch(cleaned) or cleaned.endswith(".") or cleaned.lower() in _TAKEN:
        raise InputError(
            f"'{name}' cannot be the name of a camera's intrinsics: use up to 64 letters, digits, blanks and . _ - + "
            "( ), beginning with a letter or digit, and not 'exif'"
        )
    return cleaned


def save_intrinsics(name: str, intrinsics: Intrinsics) -> Path:
    """Write them under a name, in place of older ones of that name.

    Raises:
        InputError: the name cannot be that of a file.
        StorageError: they could not be written; older ones are then as they were.
    """
    path = intrinsics_dir() / (check_intrinsics_name(name) + _SUFFIX)
    write_intrinsics(path, intrinsics, check_intrinsics_name(name))
    return path


def write_intrinsics(path: Path, intrinsics: Intrinsics, name: str) -> None:
    """Write them to a file of any place.

    Raises:
        StorageError: it could not be written.
    """
    plain = {"format": _FORMAT, "version": VERSION, "name": name, **intrinsics_to_plain(intrinsics)}
    write_atomically(path, json.dumps(plain, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def list_intrinsics() -> list[str]:
    """Names of the saved ones in alphabetical order, whether or not they can be read."""
    try:
        found = [path.stem for path in intrinsics_dir().iterdir() if path.suffix == _SUFFIX]
    except OSError:
        return []
    return sorted((name for name in found if _NAME.fullmatch(name)), key=str.casefold)


def load_intrinsics(name_or_path: str | Path) -> Intrinsics:
    """Read them by their name, or from a file: anything with a `/` in it or ending in `.json`.

    Raises:
        InputError: the name cannot be that of any.
        StorageError: missing, not readable, not intrinsics, corrupt, or of another version.
    """
    text = str(name_or_path)
    if isinstance(name_or_path, Path) or "/" in text or text.lower().endswith(_SUFFIX):
        path = Path(name_or_path).expanduser()
    else:
        path = intrinsics_dir() / (check_intrinsics_name(text) + _SUFFIX)
    what, remedy = f"intrinsics {path}", "calibrate again: depth-tui calibrate camera PICTURES --out NAME"
    try:
        if path.is_file() and path.stat().st_size > _MAX_BYTES:
            raise StorageError(f"{what}: too large to be intrinsics; {remedy}")
        content = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        names = ", ".join(list_intrinsics())
        known = f"saved are: {names}" if names else "none are saved yet; depth-tui calibrate camera saves them"
        raise StorageError(f"intrinsics {text}: there are none at {path}; {known}") from error
    except UnicodeDecodeError as error:
        raise StorageError(f"{what}: not a text file; {remedy}") from error
    except OSError as error:
        raise StorageError(f"{what}: cannot be read ({error.strerror or error}); {remedy}") from error
    try:
        value: object = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise StorageError(f"{what}: corrupt, not JSON; {remedy}") from error
    fields = Fields(value, what=what, remedy=remedy)
    if not fields.has("format") or fields.text("format") != _FORMAT:
        fields.fail("not intrinsics of depth-tui")
    if (version := fields.whole("version")) != VERSION:
        fields.fail(f"of version {version}, this program reads version {VERSION}")
    return intrinsics_from_plain(fields)


def intrinsics_to_plain(intrinsics: Intrinsics) -> dict[str, object]:
    """As dicts, lists, strings and finite numbers, for any JSON: files of ours, profiles, reports."""
    return {
        "fx_px": intrinsics.fx_px,
        "fy_px": intrinsics.fy_px,
        "cx_px": intrinsics.cx_px,
        "cy_px": intrinsics.cy_px,
        "width": intrinsics.width,
        "height": intrinsics.height,
        "distortion": list(intrinsics.distortion),
        "focal_sigma": intrinsics.focal_sigma,
        "rms_px": intrinsics.rms_px,
        "origin": intrinsics.origin,
        "created": intrinsics.created,
    }


def intrinsics_from_plain(fields: Fields) -> Intrinsics:
    """Back from what `intrinsics_to_plain` made.

    Raises:
        StorageError: a value is missing or cannot be.
    """
    count = fields.length("distortion")
    try:
        return Intrinsics(
            fields.number("fx_px"),
            fields.number("fy_px"),
            fields.number("cx_px"),
            fields.number("cy_px"),
            fields.whole("width", 1),
            fields.whole("height", 1),
            fields.numbers("distortion", count),
            focal_sigma=fields.number("focal_sigma"),
            rms_px=fields.number("rms_px") if fields.has("rms_px") else None,
            origin=fields.text("origin"),
            created=fields.text("created"),
        )
    except InputError as error:
        fields.fail(str(error))
