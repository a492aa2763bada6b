"""`depth-tui measure`: distances at pixels of one picture."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tui.cli.exits import warn
from tui.cli.model import loaded_model
from tui.cli.options import Engine, EngineOption, ModelOption, WeightsOption
from tui.errors import InputError

if TYPE_CHECKING:
    from tui.calibration.reference import Reference
    from tui.storage.profiles import Profile

_DEFAULT_WINDOW_PX = 5


def measure(
    image: Annotated[str, typer.Argument(metavar="IMAGE", help="A picture: PNG, JPEG, WebP, TIFF or BMP.")],
    at: Annotated[
        list[str], typer.Option("--at", metavar="X,Y", help="A pixel to read, origin top left; repeat for more.")
    ],
    reference: Annotated[
        list[str] | None,
        typer.Option(
            "--reference",
            metavar="X,Y=DISTANCE",
            help="A pixel whose distance is known: 88,301=80cm, 1.8m, 5ft11in or 2.5m±2cm (one standard deviation; "
            "1 % without it). One fits the scale, two or more scale and shift.",
        ),
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option(metavar="NAME|FILE", help="A saved calibration; references given here come before it."),
    ] = None,
    model: ModelOption = None,
    weights: WeightsOption = None,
    engine: EngineOption = Engine.AUTO,
    window: Annotated[
        int | None,
        typer.Option(metavar="N", help="Odd side in pixels of the window that a reading is the median of; 5."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")] = False,
) -> None:
    """Measure distances at pixels of a picture.

    The network gives relative inverse depth; references, or a profile, turn it into metres. Every distance has a
    95 % interval and a status: ok, extrapolated (outside the references' range), saturated (no distance there) or
    uncalibrated.
    """
    from tui.cli.parse import check_window, parse_pixel, parse_reference

    queries = [parse_pixel(text) for text in at]
    references = [parse_reference(text) for text in reference or []]
    window_px = None if window is None else check_window(window)
    from tui.calibration.fit import EXACT_NOISE, NETWORK_NOISE
    from tui.calibration.measure import measure_map
    from tui.calibration.report import report
    from tui.camera.imread import read_picture
    from tui.storage.profiles import load_profile

    picture = read_picture(image)
    height, width = picture.shape[:2]
    _check_pixels(queries, references, width, height)
    kept = None if profile is None else load_profile(profile)
    if window_px is None:
        window_px = kept.window_px if kept else _DEFAULT_WINDOW_PX
    with loaded_model(model, weights, engine) as estimator:
        if kept is not None:
            _warn_of(kept, bool(references), estimator.identity.name, estimator.identity.sha256, (width, height))
        measurement = measure_map(
            estimator.estimate(picture),
            references,
            queries,
            window_px,
            kept.calibration if kept else None,
            NETWORK_NOISE if estimator.identity.is_network else EXACT_NOISE,
        )
        name, computed_by = estimator.identity.name, estimator.engine
    if as_json:
        found = report(measurement, image=image, width=width, height=height, model=name, engine=computed_by)
        typer.echo(json.dumps(found, indent=2, allow_nan=False))
        return
    from tui.cli.table import show_measurement

    heading = f"{Path(image).name}  {width}x{height}   {name} ({computed_by})"
    show_measurement(measurement, heading)


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
        raise InputError(f"the profile {profile.name} holds no calibration; give --reference X,Y=DISTANCE")
    # A picture does not say which camera took it.
    for line in mismatches(profile, model_name=model_name, model_sha256=sha256, size=size, camera=profile.camera):
        warn(f"profile {profile.name}: {line}")
