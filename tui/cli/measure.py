"""`depth-tui measure`: distances at pixels of one picture."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tui.cli.exits import warn
from tui.cli.model import loaded_model
from tui.cli.options import (
    AtOption,
    DistanceOption,
    Engine,
    EngineOption,
    FloorOption,
    FovOption,
    IntrinsicsOption,
    LengthOption,
    MarkerOption,
    ModelOption,
    Precision,
    PrecisionOption,
    ProfileOption,
    ReferenceOption,
    ThreadsOption,
    WeightsOption,
    WindowOption,
)
from tui.errors import InputError

if TYPE_CHECKING:
    from tui.calibration.reference import Reference
    from tui.storage.profiles import Profile

_DEFAULT_WINDOW_PX = 5


def measure(
    image: Annotated[str, typer.Argument(metavar="IMAGE", help="A picture: PNG, JPEG, WebP, TIFF or BMP.")],
    at: AtOption = None,
    reference: ReferenceOption = None,
    marker: MarkerOption = None,
    length: LengthOption = None,
    floor: FloorOption = None,
    intrinsics: IntrinsicsOption = None,
    fov: FovOption = None,
    distance: DistanceOption = None,
    profile: ProfileOption = None,
    model: ModelOption = None,
    weights: WeightsOption = None,
    engine: EngineOption = Engine.AUTO,
    precision: PrecisionOption = Precision.F32,
    threads: ThreadsOption = None,
    window: WindowOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")] = False,
) -> None:
    """Measure distances at pixels of a picture.

    The network gives relative inverse depth; references, or a profile, turn it into metres. Every distance has a
    95 % interval and a status: ok, extrapolated (outside the references' range), saturated (no distance there) or
    uncalibrated.
    """
    from tui.cli.camera_options import (
        NEEDED,
        intrinsics_of,
        known_references,
        parse_pair,
        profile_camera,
        profile_markers,
    )
    from tui.cli.parse import check_window, parse_pixel, parse_reference

    if not at and not distance:
        raise InputError("Missing option '--at': a pixel to read, such as --at 120,200; see: depth-tui measure --help")
    queries = [parse_pixel(text) for text in at or []]
    references = [parse_reference(text) for text in reference or []]
    pairs = [parse_pair(text) for text in distance or []]
    window_px = None if window is None else check_window(window)
    from tui.calibration.beliefs import beliefs_of
    from tui.calibration.measure import measure_map
    from tui.calibration.report import report
    from tui.camera.imread import read_picture
    from tui.cli.space import show_space, spans_between, with_space
    from tui.storage.profiles import load_profile

    picture = read_picture(image)
    height, width = picture.shape[:2]
    kept = None if profile is None else load_profile(profile)
    camera = intrinsics_of(intrinsics, fov, image, width, height) or profile_camera(kept, width, height)
    if pairs and camera is None:
        raise InputError(f"--distance needs to know the camera: give {NEEDED}")
    ends = [pixel for pair in pairs for pixel in pair]
    _check_pixels([*queries, *ends], references, width, height)
    references += known_references(picture, camera, marker or [], length or [], floor or [])
    seen = [] if kept is None or references else profile_markers(kept, picture, camera)
    if window_px is None:
        window_px = kept.window_px if kept else _DEFAULT_WINDOW_PX
    with loaded_model(model, weights, engine, precision, threads) as estimator:
        if kept is not None and not seen:
            _warn_of(kept, bool(references), estimator.identity.name, estimator.identity.sha256, (width, height))
        measurement = measure_map(
            estimator.estimate(picture),
            [*references, *seen],
            [*queries, *ends],
            window_px,
            kept.calibration if kept else None,
            beliefs_of(estimator.identity.kind),
        )
        name, computed_by = estimator.identity.name, estimator.engine
    at_ends = measurement.readings[len(queries) :]
    measurement = replace(measurement, readings=measurement.readings[: len(queries)])
    spans = [] if camera is None else spans_between(pairs, at_ends, camera, measurement.calibration)
    if as_json:
        found = report(measurement, image=image, width=width, height=height, model=name, engine=computed_by)
        if camera is not None:
            found = with_space(found, measurement.readings, spans, camera)
        typer.echo(json.dumps(found, indent=2, allow_nan=False))
        return
    from tui.cli.table import show_measurement

    heading = f"{Path(image).name}  {width}x{height}   {name} ({computed_by})"
    show_measurement(measurement, heading)
    if camera is not None:
        show_space(measurement.readings, spans, camera)


def _check_pixels(queries: Sequence[tuple[int, int]], references: Sequence[Reference], width: int, height: int) -> None:
    """Before a model is loaded for nothing."""
    from tui.geometry.sampling import check_pixel

    for u_px, v_px in queries:
        check_pixel(u_px, v_px, width, height)
    for each in references:
        try:
            check_pixel(*each.pixel, width, height)
        except InputError as error:
            raise InputError(f"reference {each}: {error}") from error


def _warn_of(profile: Profile, has_references: bool, model_name: str, sha256: str, size: tuple[int, int]) -> None:
    """Say what of the profile is not used, or does not belong to this picture and model.

    Raises:
        InputError: it holds no calibration.
    """
    from tui.storage.profiles import mismatches

    if has_references:
        warn(f"the references given here are used, not those of the profile {profile.name}")
        return
    if profile.calibration is None:
        found = "none of its markers was found in this picture, and it" if profile.markers else "it"
        raise InputError(f"profile {profile.name}: {found} holds no calibration; give --reference X,Y=DISTANCE")
    # A picture does not say which camera took it.
    for line in mismatches(profile, model_name=model_name, model_sha256=sha256, size=size, camera=profile.camera):
        warn(f"profile {profile.name}: {line}")
