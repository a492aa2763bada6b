"""Between what was measured and the documents that keep it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tui.calibration.beliefs import beliefs_of
from tui.calibration.fit import fit
from tui.calibration.result import Calibration
from tui.camera.frame import SourceInfo
from tui.depth.estimator import ModelIdentity
from tui.errors import InputError
from tui.instrument.alarms import with_alarms_in_place
from tui.instrument.given_floor import parse_floor
from tui.instrument.measured import Measured, Pin, same_shape
from tui.instrument.mismatch import Mismatch, MismatchKind
from tui.pipeline.inference import DepthResult
from tui.storage.kept import Kept
from tui.storage.profiles import Profile, mismatches
from tui.targets.live import parse_live
from tui.targets.spec import parse_target

_SHA256_DIGITS = 64


@dataclass(frozen=True, slots=True)
class Setting:
    """What a calibration is used with: camera, model, picture size."""

    camera: str
    """Label of the source."""
    identity: ModelIdentity
    width: int
    """Of the pictures, pixels."""
    height: int
    mounting: str | None = ""
    """How the pictures are turned and cropped, in words; None where that is not known."""


def setting_of(result: DepthResult, info: SourceInfo | None) -> Setting:
    """What a calibration of a frame is used with."""
    height, width = result.inverse_depth.shape
    mounted = result.frame.mounted
    mounting = None if mounted is None else str(mounted)
    return Setting(info.label if info else "", result.identity, width, height, mounting)


def profile_of(measured: Measured, name: str, setting: Setting, window_px: int) -> Profile:
    """The document that keeps what was measured."""
    calibration = measured.fixed
    if measured.references:
        calibration = _fitted(measured, setting.identity)
    return Profile(
        name=name,
        model_name=setting.identity.name,
        model_sha256=setting.identity.sha256,
        width=max(1, measured.width),
        height=max(1, measured.height),
        camera=setting.camera,
        created=datetime.now().astimezone().isoformat(timespec="seconds"),
        window_px=window_px,
        references=measured.references,
        calibration=calibration,
        map_kind=setting.identity.kind,
        intrinsics=measured.intrinsics,
        markers=tuple(target.whole for target in measured.targets),
        ranges=tuple(each.whole for each in measured.ranges),
        mounting=setting.mounting or "",
        remembered=measured.remembered if measured.references else None,
        regions=measured.regions,
        alarms=measured.alarms,
        floor="" if measured.floor is None else measured.floor.text,
    )


def measured_of(profile: Profile, pins: Sequence[tuple[int, int, int]] = ()) -> Measured:
    """What a document keeps; of its alarms those on what it keeps: a pin of that number elsewhere is another place.

    Raises:
        InputError: a marker or the floor in it is none.
    """
    calibration = profile.calibration
    found = Measured(
        width=profile.width,
        height=profile.height,
        references=profile.references,
        references_model=ModelIdentity(profile.model_name, profile.model_sha256).key,
        fixed=None if profile.references else calibration,
        context=None if calibration is None else calibration.context,
        profile=profile.name,
        targets=tuple(parse_target(text, f"profile {profile.name}, marker") for text in profile.markers),
        ranges=tuple(parse_live(text, f"profile {profile.name}, range sensor") for text in profile.ranges),
        intrinsics=profile.intrinsics,
        pins=tuple(Pin(number, u_px, v_px) for number, u_px, v_px in pins),
        next_pin=1 + max((number for number, _, _ in pins), default=0),
        remembered=profile.remembered,
        regions=profile.regions,
        alarms=profile.alarms,
        floor=parse_floor(profile.floor) if profile.floor else None,
    )
    return with_alarms_in_place(found)


def taken_over(measured: Measured, fitted: Measured, *, unused: bool) -> Measured:
    """What there is after a document is used: what it does not hold stays as it was.

    Args:
        measured: what there was.
        fitted: what the document holds that can be used here.
        unused: whether its calibration cannot be, which then takes the place of nothing.
    """
    return with_alarms_in_place(
        replace(
            measured if unused else fitted,
            intrinsics=fitted.intrinsics or measured.intrinsics,
            targets=fitted.targets or measured.targets,
            ranges=fitted.ranges or measured.ranges,
            pins=fitted.pins or measured.pins,
            next_pin=max(fitted.next_pin, measured.next_pin),
            regions=fitted.regions or measured.regions,
            alarms=tuple(dict.fromkeys((*fitted.alarms, *measured.alarms))),
            floor=fitted.floor or measured.floor,
        )
    )


def fitted_to(
    profile: Profile,
    measured: Measured,
    setting: Setting,
    *,
    what: str,
    any_camera: bool,
    again: bool = False,
    force: bool = False,
) -> tuple[Measured | None, tuple[Mismatch, ...], str]:
    """What of a document can be used in a setting, and what is otherwise.

    Args:
        profile: the document.
        measured: what it keeps.
        setting: what it is to be used with.
        what: how to call it, such as 'profile bench'.
        any_camera: whether the camera is not to be compared: a picture does not say which one took it.
        again: whether another model may measure the references again: what they show is in front of the camera still.
        force: use it with pictures of another shape or mounting, and with another camera, all the same.

    Returns:
        What was measured, for pictures of this size, None if it has to wait for others; the mismatches; and what
        else should be said.
    """
    found: list[Mismatch] = []

    def differs(kind: MismatchKind, words: str) -> None:
        found.append(Mismatch(kind, f"{what}: {words}", profile.name))

    size, note = (setting.width, setting.height), ""
    identity = ModelIdentity(profile.model_name, profile.model_sha256)
    for line in mismatches(
        profile,
        model_name=setting.identity.name,
        model_sha256=setting.identity.sha256,
        size=(profile.width, profile.height),
        camera=profile.camera if any_camera or force else setting.camera,
    ):
        model = line.startswith("made with the model")
        if not (model and again and measured.references):
            differs(MismatchKind.MODEL if model else MismatchKind.CAMERA, line)
    if identity.key != setting.identity.key and not (again and measured.references):
        unused = replace(measured, references=(), references_model="", fixed=None, context=None, profile="")
        measured = replace(unused, remembered=None)
    if profile.mounting != (setting.mounting or ""):
        made, now = (words or "the camera's own picture" for words in (profile.mounting, setting.mounting))
        if setting.mounting is None and profile.camera != setting.camera:
            note = f"{what}: made with {profile.mounting}: this picture is taken to have been turned so already"
        elif force:
            note = f"{what}: made with {made}, this is {now}: used all the same"
            measured = replace(measured, intrinsics=None, remembered=None)
        else:
            differs(MismatchKind.MOUNTING, f"made with {made}, this is {now}: its pixels show other things, not used")
            return None, tuple(found), note
    if (profile.width, profile.height) == size:
        return measured, tuple(found), note
    sizes = f"made for {profile.width}x{profile.height} pictures, these are {size[0]}x{size[1]}"
    if same_shape((profile.width, profile.height), size):
        carried = f"{what}: {sizes}: the same view, so its pixels are carried over"
        return measured.scaled_to(*size), tuple(found), "; ".join(filter(None, [note, carried]))
    if force:
        stretched = replace(measured, intrinsics=None, remembered=None).scaled_to(*size)
        return stretched, tuple(found), f"{what}: {sizes}, of another shape: used all the same"
    differs(MismatchKind.SIZE, f"{sizes}, of another shape: not used")
    return None, tuple(found), note


def kept_of(measured: Measured, setting: Setting, window_px: int, at_s: float) -> Kept:
    """What is kept on disk of what was measured."""
    model = measured.references_model
    if model and model != setting.identity.key:  # measured with it before, and waiting
        sha256 = model if len(model) == _SHA256_DIGITS else ""
        setting = replace(
            setting, identity=replace(setting.identity, name=model[:12] if sha256 else model, sha256=sha256)
        )
    profile = profile_of(measured, measured.profile, setting, window_px)
    return Kept(profile, tuple((pin.number, pin.u_px, pin.v_px) for pin in measured.pins), at_s)


def _fitted(measured: Measured, identity: ModelIdentity) -> Calibration | None:
    try:
        return fit(measured.references, beliefs_of(identity.kind), measured.context)
    except InputError:
        return None
