"""Cameras' intrinsics: one JSON file a name, versioned, written whole or not at all."""

from __future__ import annotations

from pathlib import Path

from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.mounting import Crop, Mounted, Turn
from tui.storage.named import Documents
from tui.storage.paths import intrinsics_dir
from tui.storage.plain import Fields

VERSION = 1


_INTRINSICS = Documents(
    what="intrinsics",
    one="intrinsics",
    file_format="depth-tui intrinsics",
    version=VERSION,
    most_bytes=100_000,
    folder=intrinsics_dir,
    remedy="calibrate again: depth-tui calibrate camera PICTURES --out NAME",
    none_yet="none are saved yet; depth-tui calibrate camera saves them",
    taken=("exif",),  # a word that --intrinsics understands otherwise
)


def check_intrinsics_name(name: str) -> str:
    """Return the name without surrounding blanks if it can be the name of a file.

    Raises:
        InputError: for an empty or too long one, one that could lead out of the folder, or a word with a meaning.
    """
    return _INTRINSICS.check_name(name)


def save_intrinsics(name: str, intrinsics: Intrinsics) -> Path:
    """Write them under a name, in place of older ones of that name.

    Raises:
        InputError: the name cannot be that of a file.
        StorageError: they could not be written; older ones are then as they were.
    """
    path = intrinsics_dir() / f"{check_intrinsics_name(name)}.json"
    write_intrinsics(path, intrinsics, check_intrinsics_name(name))
    return path


def write_intrinsics(path: Path, intrinsics: Intrinsics, name: str) -> None:
    """Write them to a file of any place.

    Raises:
        StorageError: it could not be written.
    """
    _INTRINSICS.write(path, {"name": name, **intrinsics_to_plain(intrinsics)})


def name_of_camera(label: str) -> str:
    """The name under which the intrinsics of a camera are saved, unless the user says otherwise."""
    return "".join(c if c.isalnum() else "-" for c in label).strip("-") or "camera"


def list_intrinsics() -> list[str]:
    """Names of the saved ones in alphabetical order, whether or not they can be read."""
    return _INTRINSICS.names()


def load_intrinsics(name_or_path: str | Path) -> Intrinsics:
    """Read them by their name, or from a file: anything with a `/` in it or ending in `.json`.

    Raises:
        InputError: the name cannot be that of any.
        StorageError: missing, not readable, not intrinsics, corrupt, or of another version.
    """
    return intrinsics_from_plain(_INTRINSICS.read(name_or_path))


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
        "doubt": intrinsics.doubt,
        "camera": intrinsics.camera,
        "made_for": None if intrinsics.made_for is None else list(intrinsics.made_for),
        "lens": intrinsics.lens,
        "mounted": None if intrinsics.mounted is None else mounted_to_plain(intrinsics.mounted),
    }


def intrinsics_from_plain(fields: Fields) -> Intrinsics:
    """Back from what `intrinsics_to_plain` made.

    Raises:
        StorageError: a value is missing or cannot be.
    """
    count = fields.length("distortion")
    width, height = fields.whole("width", 1), fields.whole("height", 1)
    made_for = None if fields.has("camera") else (width, height)  # files of before do not say
    if fields.has("made_for"):
        across, down = fields.numbers("made_for", 2)
        made_for = (round(across), round(down))
    try:
        return Intrinsics(
            fields.number("fx_px"),
            fields.number("fy_px"),
            fields.number("cx_px"),
            fields.number("cy_px"),
            width,
            height,
            fields.numbers("distortion", count),
            focal_sigma=fields.number("focal_sigma"),
            rms_px=fields.number("rms_px") if fields.has("rms_px") else None,
            origin=fields.text("origin"),
            created=fields.text("created"),
            doubt=fields.text("doubt") if fields.has("doubt") else "",
            camera=fields.text("camera") if fields.has("camera") else "",
            made_for=made_for,
            lens=fields.text("lens") if fields.has("lens") else "",
            mounted=mounted_from_plain(fields.child("mounted")) if fields.has("mounted") else None,
        )
    except InputError as error:
        fields.fail(str(error))


def mounted_to_plain(mounted: Mounted) -> dict[str, object]:
    """How pictures of one size are turned and cropped."""
    crop = mounted.crop
    return {
        "rotate_deg": 90 * mounted.turn.quarters,
        "mirrored": mounted.turn.mirrored,
        "crop": [crop.left, crop.top, crop.width, crop.height],
        "width": mounted.taken[0],
        "height": mounted.taken[1],
    }


def mounted_from_plain(fields: Fields) -> Mounted:
    """The inverse of `mounted_to_plain`.

    Raises:
        StorageError: a value is missing or cannot be.
    """
    degrees = fields.whole("rotate_deg")
    left, top, width, height = (round(number) for number in fields.numbers("crop", 4))
    if degrees not in {0, 90, 180, 270}:
        fields.fail(f"turned by {degrees} degrees, which is no quarter turn")
    turn = Turn(degrees // 90, fields.flag("mirrored"))
    taken = (fields.whole("width", 1), fields.whole("height", 1))
    try:
        return Mounted(turn, Crop(left, top, width, height), taken)
    except InputError as error:
        fields.fail(str(error))
