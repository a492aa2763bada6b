"""`depth-tui measure`: distances at pixels of one picture."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tui.camera.wish import parse_wish
from tui.cli.exits import warn
from tui.cli.model import loaded_model
from tui.cli.moved_options import BaselineOption, MovedIntrinsicsOption, MovedOption, SlideOption
from tui.cli.options import (
    AlongOption,
    AtOption,
    CardOption,
    CropOption,
    DistanceOption,
    Engine,
    EngineOption,
    FlipOption,
    FloorOption,
    ForceOption,
    FourccOption,
    FovOption,
    HeightsOption,
    IntrinsicsOption,
    KnownOption,
    LengthOption,
    LiveOption,
    MarkerOption,
    MirrorOption,
    ModelOption,
    Precision,
    PrecisionOption,
    ProfileOption,
    RateOption,
    ReferenceOption,
    RegionOption,
    RotateOption,
    SetOption,
    SheetOption,
    SizeOption,
    SourceOption,
    StrictOption,
    ThreadsOption,
    WeightsOption,
    WindowOption,
)
from tui.cli.output import printable, say, say_json
from tui.errors import DepthTuiError, InputError
from tui.geometry.mounting import parse_mounting
from tui.storage.paths import from_home

if TYPE_CHECKING:
    from tui.geometry.arrays import RGBImage
    from tui.pipeline.capture import Opener

MOST_SUGGESTIONS = 100
"""Far more than anybody measures, and than most pictures have places for."""


class Format(StrEnum):
    """What is printed."""

    TEXT = "text"
    JSON = "json"


def measure(
    image: Annotated[
        str | None,
        typer.Argument(
            metavar="[IMAGE]",
            help="A picture: PNG, JPEG, WebP, TIFF or BMP; - is standard input. Or a capture's folder, which is read "
            "as the screen showed it.",
        ),
    ] = None,
    at: AtOption = None,
    region: RegionOption = None,
    along: AlongOption = None,
    source: SourceOption = None,
    reference: ReferenceOption = None,
    marker: MarkerOption = None,
    live: LiveOption = None,
    length: LengthOption = None,
    floor: FloorOption = None,
    known: KnownOption = None,
    sheet: SheetOption = None,
    moved: MovedOption = None,
    baseline: BaselineOption = None,
    moved_camera: MovedIntrinsicsOption = None,
    slide: SlideOption = None,
    intrinsics: IntrinsicsOption = None,
    fov: FovOption = None,
    distance: DistanceOption = None,
    heights: HeightsOption = False,
    profile: ProfileOption = None,
    model: ModelOption = None,
    weights: WeightsOption = None,
    card: CardOption = None,
    engine: EngineOption = Engine.AUTO,
    precision: PrecisionOption = Precision.F32,
    threads: ThreadsOption = None,
    mirror: MirrorOption = True,
    rotate: RotateOption = None,
    flip: FlipOption = None,
    crop: CropOption = None,
    size: SizeOption = None,
    rate: RateOption = None,
    fourcc: FourccOption = None,
    control: SetOption = None,
    window: WindowOption = None,
    force: ForceOption = False,
    strict: StrictOption = False,
    suggest: Annotated[
        int | None,
        typer.Option(
            "--suggest",
            metavar="N",
            min=1,
            max=MOST_SUGGESTIONS,
            help="Where to measure next: N places in their order, each with how much narrower it makes the intervals.",
        ),
    ] = None,
    map_file: Annotated[
        Path | None,
        typer.Option(
            "--map",
            metavar="FILE",
            help="Also write the whole picture in metres: FILE.npz (distance_m, low_m, high_m), .png (16 bits, "
            "millimetres, 0 unknown), and, with the camera, .ply or .pcd (points in colour with their sigma).",
        ),
    ] = None,
    output: Annotated[Format, typer.Option("--format", help="A table, or one JSON object.")] = Format.TEXT,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Measure distances at pixels of a picture, of one frame of a source, or of a capture.

    The network gives relative inverse depth; references, or a profile, turn it into metres. Every distance has a
    95 % interval, a status, and the reasons for any that is not ok: doubtful, extrapolated (outside the references'
    range), saturated (no distance there), uncalibrated and others.
    """
    if sum(bool(each) for each in (image, source, slide)) != 1:
        raise InputError("measure what? give a picture, --source S for one frame of it, or --slide CLIP; only one")
    from tui.calibration.units import DistanceUnit
    from tui.camera.standard_input import STANDARD_INPUT
    from tui.cli.asked import Asked
    from tui.cli.captured import as_captured, unit_of_capture
    from tui.cli.headless import asking
    from tui.cli.heights import heights_of, show_heights, with_heights
    from tui.cli.moved import moved_plain, parse_moved
    from tui.cli.sections import read_sections, sections_plain, show_sections
    from tui.cli.space import show_space, show_spans, with_space
    from tui.cli.spans import with_distances
    from tui.cli.strict import Strictness
    from tui.cli.table import show_measurement, show_regions, show_suggestions, show_warnings
    from tui.instrument.wanted import Wanted
    from tui.storage.export import is_capture, why_no_capture

    if map_file is not None:
        from tui.cli.metric import check_map, write_map

        check_map(map_file, image)
    if image and (folder := from_home(image)).is_dir() and not is_capture(folder):
        raise InputError(why_no_capture(folder))
    captured = is_capture(from_home(image or source or ""))
    as_shown = captured and not (
        at or region or along or distance or suggest or reference or marker or length or floor or profile or map_file
    )
    asked = Asked.of(
        at=at, region=region, along=along, distance=distance, reference=reference, marker=marker, length=length,
        floor=floor, known=known, sheet=sheet, live=live, intrinsics=intrinsics, fov=fov, profile=profile,
        window=window, force=force, needs_pixels=not as_shown and suggest is None and map_file is None,
        moved=parse_moved(moved, baseline, moved_camera, slide, referenced=bool(reference)),
    )  # fmt: skip
    slid = None if asked.moved is None else asked.moved.slid
    wanted = Wanted(
        source=image or source or slide,
        profile=profile,
        mounting=parse_mounting(rotate, flip, crop),
        wish=parse_wish(size, rate, fourcc, control),
        demo=False,
    )
    open_with = _picture(image or STANDARD_INPUT) if image or source == STANDARD_INPUT else None
    if slid is not None:
        open_with = _one(slid.path, f"{Path(slid.path).name}, first picture", slid.first)
    named = model is not None or weights is not None
    with asking(
        *(asked, wanted),
        lambda: loaded_model(model, weights, engine, precision, threads, flip=mirror, card=card),
        open_with,
        named=named,
    ) as headless:
        from tui.instrument.suggesting import suggestions

        instrument, answer = headless.instrument, headless.answer()
        reading, camera = instrument.reading, instrument.session.intrinsics
        if as_shown:
            answer = as_captured(answer, instrument)
        if reading.problem:
            raise InputError(reading.problem)
        sections = read_sections(reading, asked.lines)
        counts, failed = None, None
        if map_file is not None:
            try:
                counts = write_map(instrument, map_file)
            except DepthTuiError as error:  # raised once the readings are out
                failed = error
        high = heights_of(instrument, asked.floors, fitted=heights)
        proposed = () if suggest is None else suggestions(instrument.session, reading, suggest)
        if suggest is not None and len(proposed) < suggest:
            warn(f"--suggest {suggest}: {len(proposed)} places in this picture can be measured and are not yet")
        if as_json or output is Format.JSON:
            found = dict(instrument.report(answer.points))
            if suggest is not None:
                found["suggestions"] = [{"x": each.u_px, "y": each.v_px, "gain": each.gain} for each in proposed]
            if counts is not None:
                found["map"] = {"file": str(map_file), **counts.plain}
            if sections:
                found["sections"] = sections_plain(sections, reading)
            if camera is not None:
                found = with_space(found, answer.points, answer.spans, camera, reading)
            elif answer.spans:
                found = with_distances(found, answer.spans)
            if high is not None:
                found = with_heights(found, answer.points, asked.pairs, high)
            if headless.views is not None:
                found["two_views"] = moved_plain(headless.views)
            say_json(found)
        else:
            result, info = instrument.shown, reading.info
            assert result is not None  # noqa: S101 - `asking` waited for it
            label = info.label if info is not None else image or ""
            shape = f"{instrument.session.width}x{instrument.session.height}"
            heading = f"{printable(label)}  {shape}   {result.identity.name} ({result.engine})"
            unit = unit_of_capture(instrument) if captured else DistanceUnit.METRES
            show_measurement(instrument.measurement(answer.points), heading, unit)
            if suggest is not None:
                show_suggestions(proposed)
            show_regions(answer.regions, unit)
            show_sections(sections, reading)
            if camera is not None:
                show_space(answer.points, answer.spans, camera)
            elif answer.spans:
                show_spans(answer.spans)
            if high is not None:
                show_heights(answer.points, asked.pairs, high)
            if counts is not None:
                say(f"{map_file}: {counts}")
            show_warnings(reading.warnings)
    if failed is not None:
        raise failed
    if strict:
        strictness = Strictness()
        strictness.note(answer)
        strictness.note_sections(sections)
        strictness.close()


def _picture(image: str) -> Opener:
    """Opens one picture, or a capture; what is wrong with it is bad input, not a source that fails."""
    from tui.camera.imread import read_noted
    from tui.camera.standard_input import STANDARD_INPUT, read_standard_input

    if (folder := from_home(image)).is_dir():
        from tui.cli.captured import capture_opener

        return capture_opener(folder, image)
    if image == STANDARD_INPUT:
        found, label = read_standard_input(), "standard input"
    else:
        found, label = read_noted(image), Path(image).name
    return _one(image, label, found.image, f"{label}: {found.note}" if found.note else "")


def _one(spec: str, label: str, image: RGBImage, note: str = "") -> Opener:
    """Delivers a picture that is read already."""
    from tui.camera.frame import FrameSource, SourceInfo
    from tui.camera.stills import StillSource

    source = StillSource(SourceInfo(spec, label, live=False, still=True), image, note)

    def open_it() -> tuple[FrameSource, str]:
        return source, ""

    return open_it
