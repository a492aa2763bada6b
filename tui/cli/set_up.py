"""With the first picture and the first map: the instrument set up for what was asked on the command line."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tui.calibration.reference import Reference
from tui.camera.frame import Frame
from tui.cli.asked import Asked
from tui.cli.camera_options import NEEDED, cautioned, intrinsics_of
from tui.cli.exits import warn
from tui.cli.floor_options import floors_of_map
from tui.cli.known_options import known_references, say_found
from tui.cli.ranges import ranges_asked
from tui.cli.regions import set_up_regions
from tui.cli.spans import plane_of
from tui.errors import InputError
from tui.geometry.mounting import Mounting
from tui.geometry.region import Region
from tui.instrument.instrument import Instrument
from tui.instrument.measured import Pin, same_shape
from tui.instrument.mismatch import ELSEWHERE
from tui.instrument.profiles import measured_of
from tui.instrument.ranging import live_references
from tui.instrument.recorded import recorded_camera
from tui.pipeline.inference import DepthResult
from tui.storage.camera_text import camera_as_shown
from tui.targets.markers import references_inside
from tui.targets.sheet_finder import why_unseen
from tui.targets.sheets import SheetSpec
from tui.targets.spec import parse_target
from tui.targets.views import Views


@dataclass(frozen=True, slots=True)
class Given:
    """What was told without a map."""

    references: tuple[Reference, ...] = ()
    """From lengths, the floor, sheets."""
    views: Views | None = None
    """What the picture and those of `--moved` or `--slide` tell."""
    regions: tuple[Region, ...] = ()
    """That are read."""


def set_up(asked: Asked, instrument: Instrument, frame: Frame, mounting: Mounting, *, still: bool) -> Given:
    """Camera, pins, regions, targets and sensors, and what is known without a map.

    Args:
        asked: for what.
        instrument: to be set up.
        frame: its first picture.
        mounting: of the camera.
        still: whether the picture never changes.

    Raises:
        InputError: something cannot be used with this picture.
    """
    info, recorded = instrument.snapshot.capture.info, frame.recorded
    height, width = frame.image.shape[:2]
    instrument.playback.wanted = not (asked.own or asked.profile is not None)
    instrument.playback.takes_window = asked.window_px is None
    picture = info.spec if info is not None else frame.name
    own = None if info is None else info.intrinsics
    camera = intrinsics_of(asked.intrinsics, asked.fov, picture, width, height, frame.mounted, own)
    profile = asked.profile
    if camera is None and profile is not None and profile.intrinsics is not None:
        held = profile.intrinsics
        if same_shape((held.width, held.height), (width, height)):
            held = camera_as_shown(held, width, height, frame.mounted)
            camera = cautioned(f"profile {profile.name}, its camera", held)
    unknown = camera is None and (recorded is None or recorded_camera(recorded, width, height) is None)
    if asked.pairs and unknown and not asked.sheets:
        raise InputError(f"--distance needs to know the camera: give {NEEDED}")
    if asked.markers and camera is None:
        raise InputError(f"--marker needs to know the camera: give {NEEDED}")
    if asked.sheets and camera is None and not asked.pairs:
        raise InputError(f"--sheet needs to know the camera: give {NEEDED}; without one, --distance in its plane")
    known = known_references(asked, camera, frame.image)  # says now what cannot be used
    if asked.sheets and camera is None:
        plane_of(asked, frame.image, still=still)  # the same
    views = None
    if asked.moved is not None:
        views = asked.moved.seen_from(frame.image, camera, mounting, asked.references)
    if asked.own or profile is None:
        sheets = (each.spec for each in asked.sheets if each.corners_px is None and camera is not None)
        targets = (*(parse_target(text, "--marker") for text in asked.markers), *sheets)
    else:
        targets = measured_of(profile).targets
    ranges = ranges_asked(asked, width, height)
    instrument.ranging.allow(asked.ranges)
    pins = tuple(Pin(number, *pixel) for number, pixel in enumerate(asked.pixels, 1))
    session = replace(instrument.session, pins=pins, next_pin=len(pins) + 1, intrinsics=camera, ranges=ranges)
    session = set_up_regions(session, asked.regions, profile, frame, force=asked.force)
    instrument.update(session.with_targets(targets))
    return Given(tuple(known), views, session.regions)


def calibrate(asked: Asked, instrument: Instrument, known: Given, result: DepthResult, *, patient: bool) -> None:
    """With the first map: give the references, and see whether the profile's markers are in sight.

    Args:
        asked: for what.
        instrument: that was set up.
        known: what was known without a map.
        result: the first map.
        patient: whether a sensor that says nothing yet may do so later.

    Raises:
        InputError: nothing calibrates it.
    """
    profile = asked.profile
    by_map = floors_of_map(asked.floors, instrument.session.intrinsics, result)
    given = asked.references if known.views is None else known.views.tied or asked.references
    viewed = () if known.views is None else known.views.references
    references = [*given, *known.references, *by_map, *viewed]
    if references:
        unseen = instrument.give_references(references)
        if len(unseen) == len(references) and not (instrument.session.targets or instrument.session.ranges):
            names = "; ".join(f"reference {each.reference}: {each.reason}" for each in unseen)
            raise InputError(f"{names}; choose pixels where there is depth")
        for each in unseen:
            warn(f"reference {each.reference} is set aside: {each.reason}")
    seen = references_inside(result.markers, instrument.session.width, instrument.session.height)
    whence = "--marker" if asked.own or profile is None else f"profile {profile.name}, marker"
    for target in instrument.session.targets:
        if not any(marker.spec == target for marker in result.markers):
            name = "--sheet" if isinstance(target, SheetSpec) and whence == "--marker" else whence
            image, camera = result.frame.image, instrument.session.intrinsics
            warn(f"{name} {target}: {why_unseen(target, image, camera, used=result.markers)}")
    say_found(result.markers)
    if profile is None or asked.own:
        return
    if seen and instrument.session.targets:
        names = seen[0].label if len(seen) == 1 else f"{len(seen)} printed markers"
        warn(f"profile {profile.name}: calibrated by {names} as seen in this picture, not as saved")
        instrument.update(replace(instrument.session, references=(), fixed=None, tracking=None))
    wrong = [each for each in instrument.mismatches if each.kind in ELSEWHERE]
    if wrong:
        raise InputError(f"{wrong[0].words}; --force uses it all the same")
    live = live_references(instrument.session, result)
    sensors = instrument.session.ranges
    hopes = patient and len(sensors) > len(instrument.ranging.waiting(instrument.session))
    if not (live or hopes) and profile.calibration is None and not profile.references:
        found = "none of its markers was found in this picture, and it" if profile.markers else "it"
        found = "its range sensor gives no distance, and it" if sensors else found
        raise InputError(f"profile {profile.name}: {found} holds no calibration; give --reference X,Y=DISTANCE")
