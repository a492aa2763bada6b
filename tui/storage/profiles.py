"""Calibration profiles: one JSON file a name, versioned, written whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tui.calibration.beliefs import MapKind, beliefs_of
from tui.calibration.fit import fit
from tui.calibration.reference import ReferenceSample
from tui.calibration.result import Calibration, CalibrationKind
from tui.calibration.trend import Trend
from tui.errors import InputError, StorageError
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.region import Region
from tui.sight.remembered import Remembered
from tui.storage.intrinsics import intrinsics_from_plain, intrinsics_to_plain
from tui.storage.named import Documents
from tui.storage.paths import profiles_dir
from tui.storage.plain import Fields
from tui.storage.regions import regions_from_plain, regions_to_plain
from tui.storage.samples import context_from_plain, context_to_plain, sample_from_plain, sample_to_plain

VERSION = 1
MOST_ALARMS = 200
"""Of one profile."""
_PROFILES = Documents(
    what="profile",
    one="a profile",
    file_format="depth-tui profile",
    version=VERSION,
    most_bytes=4_000_000,
    folder=profiles_dir,
    remedy="save it again in the app (p), or take another profile",
    none_yet="none is saved yet; the app saves one with p",
)


@dataclass(frozen=True, slots=True)
class Profile:
    """A calibration that is kept, and what it belongs to."""

    name: str
    model_name: str
    model_sha256: str
    """Of the weights file; empty where there is no file."""
    width: int
    """Of the pictures, pixels."""
    height: int
    camera: str
    """Which camera or other source the pictures come from, as the status line names it."""
    created: str
    """When it was saved, ISO 8601 with offset."""
    window_px: int
    """Side of the window that the references were sampled in."""
    references: tuple[ReferenceSample, ...]
    """As the map showed them when the profile was saved; empty if scale and shift were typed in."""
    calibration: Calibration | None
    """None if the references determine none."""
    map_kind: MapKind = MapKind.RELATIVE
    """Of the model's maps."""
    intrinsics: Intrinsics | None = None
    """Of the camera, for pictures of this size; None if they were not known."""
    markers: tuple[str, ...] = ()
    """Printed targets to look for, as they are typed: `DICT_4X4_50:0=80mm`."""
    ranges: tuple[str, ...] = ()
    """Range sensors and where they look, as they are typed; what they run is run only where somebody says so."""
    mounting: str = ""
    """How the pictures were turned and cropped, in words; empty where they were not, as in profiles of before."""
    remembered: Remembered | None = field(default=None, compare=False)
    """What the picture was like when the references were given; profiles of before do not say."""
    regions: tuple[Region, ...] = ()
    """That are watched, in pixels of its pictures."""
    alarms: tuple[str, ...] = ()
    """On them, as they are written; profiles of before have none."""
    floor: str = ""
    """As it is typed: `fit`, `1.25m±1cm@9deg`; empty where nothing was known of it."""


def check_profile_name(name: str) -> str:
    """Return the name without surrounding blanks if it can be the name of a file.

    Raises:
        InputError: for an empty or too long one, or one that could lead out of the folder of profiles.
    """
    return _PROFILES.check_name(name)


def save_profile(profile: Profile) -> Path:
    """Write the profile under its name, in place of an older one of that name.

    Raises:
        InputError: the name cannot be that of a file.
        StorageError: it could not be written; an older one is then as it was.
    """
    return write_profile(profile, profiles_dir() / f"{_PROFILES.check_name(profile.name)}.json")


def write_profile(profile: Profile, path: Path) -> Path:
    """Write the profile to a file of any place, and return its path.

    Raises:
        StorageError: it could not be written; a file that was there is then as it was.
    """
    return _PROFILES.write(path, profile_to_plain(profile))


def remove_profile(name: str) -> None:
    """Delete a saved profile, a corrupt one too.

    Raises:
        InputError: the name cannot be that of a profile.
        StorageError: there is none of that name, or it cannot be deleted.
    """
    _PROFILES.remove(name)


def list_profiles() -> list[str]:
    """Names of the saved profiles in alphabetical order, whether or not they can be read."""
    return _PROFILES.names()


def load_profile(name_or_path: str | Path) -> Profile:
    """Read a profile by its name, or from a file: anything with a `/` in it or ending in `.json`.

    Raises:
        InputError: the name cannot be that of a profile.
        StorageError: missing, not readable, not a profile, corrupt, or of another version.
    """
    return profile_from_plain(_PROFILES.read(name_or_path))


def describe_saved(name: str) -> str:
    """What a saved profile holds, in a line; also of one that cannot be read."""
    try:
        found = load_profile(name)
    except (InputError, StorageError) as error:
        return str(error)
    count = len(found.references)
    holds = f"{count} reference{'' if count == 1 else 's'}" if count else "a scale and shift"
    if (regions := len(found.regions)) > 0:
        holds += f" and {regions} region{'' if regions == 1 else 's'}"
    return (
        f"{found.name}: {holds}, {found.width}x{found.height}, {found.camera}, {found.model_name}, of {found.created}"
    )


def mismatches(
    profile: Profile, *, model_name: str, model_sha256: str, size: tuple[int, int], camera: str
) -> list[str]:
    """What a profile was made for and now is otherwise, one line each for a person; empty if all agrees.

    Args:
        profile: the one to be used.
        model_name: name of the model in use.
        model_sha256: of its weights file, empty where there is none.
        size: of the pictures, (width, height) in pixels.
        camera: the source in use, as `Profile.camera`.
    """
    lines = []
    if profile.model_sha256 != model_sha256 or (not model_sha256 and profile.model_name != model_name):
        same_name = profile.model_name == model_name
        now = "other weights of that name" if same_name else model_name
        lines.append(f"made with the model {profile.model_name}, not {now}: its scale and shift mean nothing here")
    if (profile.width, profile.height) != size:
        lines.append(f"made for {profile.width}x{profile.height} pictures, these are {size[0]}x{size[1]}")
    if profile.camera != camera:
        lines.append(f"made with {profile.camera}, this is {camera}")
    return lines


def profile_to_plain(profile: Profile) -> dict[str, object]:
    """Nothing but what JSON knows."""
    calibration = profile.calibration
    return {
        "name": profile.name.strip(),
        "created": profile.created,
        "camera": profile.camera,
        "picture": {
            "width": profile.width,
            "height": profile.height,
            **({"mounting": profile.mounting} if profile.mounting else {}),
        },
        "model": {
            "name": profile.model_name,
            "sha256": profile.model_sha256,
            "kind": profile.map_kind.value,
        },
        "window_px": profile.window_px,
        "markers": list(profile.markers),
        **({"ranges": list(profile.ranges)} if profile.ranges else {}),
        "regions": regions_to_plain(profile.regions),
        **({"alarms": list(profile.alarms)} if profile.alarms else {}),
        "floor": profile.floor,
        "intrinsics": None if profile.intrinsics is None else intrinsics_to_plain(profile.intrinsics),
        "remembered": None if profile.remembered is None else profile.remembered.to_plain(),
        "references": [sample_to_plain(each) for each in profile.references],
        "calibration": None
        if calibration is None
        else {
            "kind": calibration.kind.value,
            "scale": calibration.trend.scale,
            "shift": calibration.trend.shift,
            "exponent": calibration.trend.exponent,
            "noise": calibration.noise,
            "freedom": calibration.freedom,
            "inverse_depth_range": calibration.inverse_depth_range and list(calibration.inverse_depth_range),
            "map": None if calibration.context is None else context_to_plain(calibration.context),
        },
    }


def profile_from_plain(fields: Fields) -> Profile:
    """The inverse of `profile_to_plain`.

    Raises:
        StorageError: it is none, or corrupt.
    """
    picture, model = fields.child("picture"), fields.child("model")
    references = tuple(sample_from_plain(each) for each in fields.children("references"))
    name, sha256 = model.text("name"), model.text("sha256")
    kind = _map_kind(model)
    calibration = None
    if fields.has("calibration"):
        calibration = _calibration(fields.child("calibration"), references, kind)
    return Profile(
        name=fields.text("name"),
        model_name=name,
        model_sha256=sha256,
        map_kind=kind,
        width=picture.whole("width", 1),
        height=picture.whole("height", 1),
        mounting=picture.text("mounting") if picture.has("mounting") else "",
        camera=fields.text("camera"),
        created=fields.text("created"),
        window_px=fields.whole("window_px", 1),
        references=references,
        calibration=calibration,
        intrinsics=intrinsics_from_plain(fields.child("intrinsics")) if fields.has("intrinsics") else None,
        markers=fields.texts("markers") if fields.has("markers") else (),
        ranges=fields.texts("ranges") if fields.has("ranges") else (),
        alarms=fields.texts("alarms")[:MOST_ALARMS] if fields.has("alarms") else (),
        remembered=_remembered(fields) if fields.has("remembered") else None,
        regions=regions_from_plain(fields) if fields.has("regions") else (),
        floor=fields.text("floor") if fields.has("floor") else "",
    )


def _remembered(fields: Fields) -> Remembered:
    try:
        return Remembered.from_plain(fields.values("remembered"))
    except InputError as error:
        fields.fail(str(error))


def _map_kind(model: Fields) -> MapKind:
    if not model.has("kind"):  # profiles of before have two flags instead
        if not model.flag("is_network"):
            return MapKind.EXACT
        return MapKind.METRIC if model.has("metric") and model.flag("metric") else MapKind.RELATIVE
    if (text := model.text("kind")) not in list(MapKind):
        model.fail(f"maps of an unknown kind '{text}'")
    return MapKind(text)


def _calibration(fields: Fields, references: tuple[ReferenceSample, ...], kind: MapKind) -> Calibration:
    """Fitted anew to the references, which gives what was saved; the numbers themselves where there are none."""
    exponent = fields.number("exponent") if fields.has("exponent") else 1.0  # profiles of before know no other
    trend = Trend(fields.number("scale"), fields.number("shift"), exponent)
    noise, freedom = fields.number("noise"), fields.number("freedom")
    if not (trend.scale > 0 and trend.exponent > 0 and noise >= 0 and freedom > 0):
        fields.fail("the scale, the exponent or their uncertainty is not above 0")
    if trend.exponent != 1.0 and trend.shift != 0.0:
        fields.fail("a power of the map's values has no shift beside it")
    if (text := fields.text("kind")) not in list(CalibrationKind):
        fields.fail(f"calibration of an unknown kind '{text}'")
    span = None
    if fields.has("inverse_depth_range"):
        low, high = fields.numbers("inverse_depth_range", 2)
        span = (low, high)
    context = context_from_plain(fields.child("map")) if fields.has("map") else None
    if references:
        try:
            return fit(references, beliefs_of(kind), context)
        except InputError as error:
            fields.fail(str(error))
    return Calibration(trend, CalibrationKind(text), noise, freedom, span, (), context)
