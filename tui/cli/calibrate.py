"""`depth-tui calibrate camera`: intrinsics from pictures of a board."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tui.cli.commands import Command, Group
from tui.cli.exits import complain, warn
from tui.cli.options import CropOption, FlipOption, RotateOption
from tui.cli.output import make_console, printable, say_json
from tui.errors import InputError
from tui.geometry.mounting import Mounting, parse_mounting
from tui.storage.paths import from_home

if TYPE_CHECKING:
    from tui.geometry.arrays import RGBImage
    from tui.geometry.intrinsics import Intrinsics
    from tui.targets.calibrate import CameraCalibration

app = typer.Typer(
    cls=Group,
    help="Calibrate a camera, once, so that lengths, angles and markers can be measured with it.",
    no_args_is_help=True,
)

_SHADES = " ░▒▓█"


class Kind(StrEnum):
    """What is printed."""

    CHESSBOARD = "chessboard"
    CHARUCO = "charuco"
    ARUCO_BOARD = "aruco-board"


@app.callback()
def calibrate() -> None:
    """Calibrate a camera, once, so that lengths, angles and markers can be measured with it."""


@app.command("camera", cls=Command)
def camera(
    pictures: Annotated[
        list[str], typer.Argument(metavar="PICTURES...", help="Ten or more pictures of the board, or folders of them.")
    ],
    board: Annotated[
        str,
        typer.Option(
            metavar="9x6",
            help="Columns x rows: of a chessboard's inner corners, a ChArUco board's squares, a board's markers.",
        ),
    ],
    square: Annotated[str | None, typer.Option(metavar="25mm", help="Side of a square.")] = None,
    marker: Annotated[str | None, typer.Option(metavar="18mm", help="Side of a marker.")] = None,
    dictionary: Annotated[
        str | None,
        typer.Option("--dict", metavar="DICT_6X6_250", help="The markers' dictionary, or OpenCV's .yml file of it."),
    ] = None,
    kind: Annotated[
        Kind | None,
        typer.Option(help="Without it: a chessboard; with a marker and a square, charuco; with a gap, aruco-board."),
    ] = None,
    gap: Annotated[str | None, typer.Option(metavar="5mm", help="Between the markers of an aruco-board.")] = None,
    out: Annotated[
        str | None, typer.Option(metavar="NAME|FILE", help="Keep the result, for: measure --intrinsics NAME.")
    ] = None,
    of: Annotated[
        str | None,
        typer.Option("--camera", metavar="NAME", help="Whose pictures they are: another camera then says so."),
    ] = None,
    rotate: RotateOption = None,
    flip: FlipOption = None,
    crop: CropOption = None,
    force: Annotated[
        bool, typer.Option("--force", help="Show and keep what the pictures cannot tell, with a warning in the file.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")] = False,
) -> None:
    """Find a camera's focal length, centre and distortion from pictures of a printed board.

    Show it in all parts of the picture, near and far, tilted to all sides, flat and held still. Pictures that do not
    fit the others are left out and named. Where they cannot tell the focal length, nothing is shown or kept.
    """
    from tui.targets.board_options import board_from
    from tui.targets.boards import BoardKind

    spec = board_from(board, square, marker, dictionary, None if kind is None else BoardKind(kind.value), gap)
    if out is not None and not _is_path(out):
        from tui.storage.intrinsics import check_intrinsics_name

        check_intrinsics_name(out)
    from tui.targets.calibrate import calibrate_camera

    mounting = parse_mounting(rotate, flip, crop)
    paths = _paths(pictures)
    unreadable: list[InputError] = []
    taken: set[tuple[int, int]] = set()
    with _progress(len(paths)) as on_picture:
        loaders = [(str(path), partial(_load, path, mounting, taken, unreadable)) for path in paths]
        found = calibrate_camera(loaders, spec, on_picture)
    if found.doubts and not force:
        raise InputError(f"{found.doubts[0]}; --force keeps it nevertheless")
    if not mounting.plain:
        found = replace(found, intrinsics=_of_mounting(found.intrinsics, mounting, taken))
    if of is not None:
        found = replace(found, intrinsics=_of_camera(found.intrinsics, of))
    saved = None if out is None else _save(out, found)
    if as_json:
        say_json(_plain(found, str(spec), saved))
    else:
        _show(found, str(spec), saved)
    if found.doubts:
        warn(f"not to be believed: {found.intrinsics.doubt}")
    for words in found.missing:
        warn(f"for a better calibration: {words}")
    for words in _moving(of):
        warn(words)
    for error in unreadable:
        complain(str(error))
    if unreadable:
        raise typer.Exit(unreadable[0].exit_code)


def _of_mounting(intrinsics: Intrinsics, mounting: Mounting, taken: set[tuple[int, int]]) -> Intrinsics:
    """With how the pictures were turned and cropped, so that they follow the camera to another mounting."""
    fitting = [
        each for each in (mounting.of(*size) for size in taken) if each.size == (intrinsics.width, intrinsics.height)
    ]
    if len(fitting) != 1:
        raise InputError("pictures of several sizes cannot be cropped alike: give those of one size")
    return replace(intrinsics, mounted=fitting[0])


def _of_camera(intrinsics: Intrinsics, name: str) -> Intrinsics:
    """With the camera's own name where this machine has it, in words as they were given where not; and its lens."""
    from tui.camera.csi import identify_csi, is_csi
    from tui.camera.device import find_camera
    from tui.camera.v4l2 import Machine
    from tui.errors import SourceError

    if is_csi(name):
        camera_name, lens = identify_csi(name, Machine())
        return replace(intrinsics, camera=camera_name, lens=lens)
    try:
        camera = find_camera(name, Machine())
    except SourceError as error:
        warn(f"--camera {name}: {error}")
        camera = None
    if camera is None:
        return replace(intrinsics, camera=name)
    return replace(intrinsics, camera=camera.name, lens=str(camera.lens))


def _moving(name: str | None) -> Iterator[str]:
    """Which cameras of this machine, or which one of that name, focus by themselves, with the remedy."""
    from tui.camera.listing import list_cameras

    for camera in list_cameras():
        asked = name is None or name in (str(camera.number), camera.path) or name.casefold() in camera.name.casefold()
        if asked and (advice := camera.lens.advice(camera.path)):
            yield f"{camera.label}: {advice}"


def _paths(pictures: Sequence[str]) -> list[Path]:
    from tui.camera.stills import pictures_in

    paths: list[Path] = []
    for text in pictures:
        path = from_home(text)
        paths += pictures_in(path) if path.is_dir() else [path]
    return list(dict.fromkeys(paths))


def _load(path: Path, mounting: Mounting, taken: set[tuple[int, int]], unreadable: list[InputError]) -> RGBImage:
    from tui.camera.imread import read_noted
    from tui.camera.mounted import mounted_picture

    try:
        found = read_noted(path)
        image = mounted_picture(found.image, mounting, str(path))
        taken.add((found.image.shape[1], found.image.shape[0]))
    except InputError as error:
        unreadable.append(error)
        raise
    if found.note:
        warn(f"{path}: {found.note}")
    return image


@contextmanager
def _progress(total: int) -> Iterator[Callable[[str, str], None]]:
    """A bar on the error stream, where that is a terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = make_console(stderr=True)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, disable=not sys.stderr.isatty(), transient=True) as bar:
        task = bar.add_task("looking for the board", total=total)

        def on_picture(name: str, why: str) -> None:
            bar.update(task, advance=1, description=printable(f"{Path(name).name}: {why or 'found'}"))

        yield on_picture


def _is_path(out: str) -> bool:
    return "/" in out or out.lower().endswith(".json")


def _save(out: str, found: CameraCalibration) -> Path:
    from tui.storage.intrinsics import save_intrinsics, write_intrinsics

    if not _is_path(out):
        return save_intrinsics(out, found.intrinsics)
    path = from_home(out)
    write_intrinsics(path, found.intrinsics, path.stem)
    return path


def _plain(found: CameraCalibration, board: str, saved: Path | None) -> dict[str, object]:
    from tui.storage.intrinsics import intrinsics_to_plain

    coverage = found.coverage
    return {
        "board": board,
        "intrinsics": intrinsics_to_plain(found.intrinsics),
        "rms_px": found.rms_px,
        "focal_sigma_px": found.focal_sigma_px,
        "sigmas": found.sigma_of,
        "doubts": list(found.doubts),
        "used": [{"picture": each.name, "points": each.points, "rms_px": each.rms_px} for each in found.used],
        "rejected": [{"picture": each.name, "why": each.why} for each in found.rejected],
        "coverage": {
            "filled": coverage.filled,
            "counts": coverage.counts.tolist(),
            "tilt_right_rad": coverage.tilt_right_rad,
            "tilt_down_rad": coverage.tilt_down_rad,
            "scale": coverage.scale,
        },
        "accepted": found.accepted,
        "missing": list(found.missing),
        "saved": None if saved is None else str(saved),
    }


def _show(found: CameraCalibration, board: str, saved: Path | None) -> None:
    from math import degrees

    from rich.text import Text

    from tui.cli.table import align

    console = make_console()
    k = found.intrinsics
    count = len(found.used) + len(found.rejected)
    heading = f"{board}   {k.width}x{k.height}   {len(found.used)} of {count} pictures   rms {found.rms_px:.3f} px"
    console.print(Text(heading), style="bold")
    console.print()
    names = ("k1", "k2", "p1", "p2", "k3", "k4", "k5", "k6")
    lens = "  ".join(f"{name} {value:+.4f}" for name, value in zip(names, k.distortion, strict=False))
    coverage = found.coverage
    tilts = f"{degrees(coverage.tilt_right_rad):.0f}° across, {degrees(coverage.tilt_down_rad):.0f}° up and down"
    for label, value in (
        ("focal length", f"{k.fx_px:.2f} {k.fy_px:.2f} px  ± {found.sigmas[0]:.2f} {found.sigmas[1]:.2f}"),
        ("centre", f"{k.cx_px:.2f} {k.cy_px:.2f} px  ± {found.sigmas[2]:.2f} {found.sigmas[3]:.2f}"),
        ("distortion", lens),
        ("field of view", f"{degrees(k.horizontal_fov_rad):.1f}° across"),
        ("covered", f"{100 * coverage.filled:.0f} % of the picture, tilts {tilts}, sizes 1 to {coverage.scale:.2f}"),
    ):
        console.print(Text(f" {label:>13}   ", "dim").append(value, "default"))
    console.print()
    most = max(1, int(coverage.counts.max()))
    for row in coverage.counts.tolist():
        cells = "".join(2 * _SHADES[-(-views * (len(_SHADES) - 1) // most)] for views in row)
        console.print(Text(f" {'':>13}   │{cells}│"))
    console.print()
    rows: list[tuple[str | Text, ...]] = [("picture", "points", "rms", "")]
    rows += [(Path(each.name).name, str(each.points), f"{each.rms_px:.3f} px", "") for each in found.used]
    rows += [(Path(each.name).name, "-", "-", Text(each.why, "yellow")) for each in found.rejected]
    for line in align(rows):
        console.print(line)
    if saved is not None:
        console.print()
        console.print(Text(f" saved as {saved}"))
