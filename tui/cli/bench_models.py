"""`depth-tui bench --models`: whole models compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from tui.camera.printable import printable_address
from tui.cli.output import make_console, say_json
from tui.errors import InputError
from tui.storage.paths import from_home

if TYPE_CHECKING:
    from tui.bench.models import Comparison, Row
    from tui.geometry.arrays import RGBImage

_PICTURES = 8
_STRIDE = 10
"""Of a clip every tenth frame is taken, so that the pictures differ."""

_HEADINGS = (
    "model", "computed by", "network", "99th", "frame", "99th", "share", "fps", "eager/this", "of limit", "first map",
    "off, median", "off, 99th",
)  # fmt: skip


def compare_models(
    source: str,
    names: Sequence[str],
    weights: Path | None,
    card: Path | None,
    threads: int | None,
    seconds: float,
    *,
    as_json: bool,
) -> None:
    """Measure and print.

    Raises:
        InputError: weights without the one model that they belong to, or a card without any.
        ModelError: a model is not to be had.
        SourceError: no pictures.
    """
    from tui.bench.machine_limit import matmul_limits
    from tui.bench.models import Comparison, compare
    from tui.cli.exits import warn
    from tui.depth.loader import takes_card
    from tui.depth.needs import lacking
    from tui.depth.weights import installed
    from tui.extras import why_not

    if weights is not None and len(names) != 1:
        raise InputError("--weights belong to one model: depth-tui bench --models NAME --weights FILE")
    if card is not None and not any(takes_card(name) for name in names):
        raise InputError("--card belongs to a model file or a server: depth-tui bench --models oip:... --card FILE")
    comparison = Comparison(_pictures(source), seconds, threads)
    chosen = list(names)
    for spec in () if names else installed():
        if (extra := lacking(spec)) is None:
            chosen.append(spec.short_name)
        else:
            warn(f"{spec.short_name} {why_not(extra)}")
    limits = matmul_limits(threads)
    rows: list[Row] = []
    for name in chosen:
        rows.extend(_watched(compare(comparison, name, weights, limits, card if takes_card(name) else None), name))
    if as_json:
        height, width = comparison.pictures[0].shape[:2]
        found = {
            "source": printable_address(source),
            "pictures": len(comparison.pictures),
            "width": width,
            "height": height,
        }
        say_json({**found, "matmul_gflops": limits, "rows": [asdict(row) for row in rows]})
    else:
        _show(rows, source, comparison, limits)


def _watched(rows: Iterator[Row], name: str) -> Iterator[Row]:
    """With a word on the error stream on what takes so long."""
    from rich.text import Text

    with make_console(stderr=True).status(Text(f"measuring {name}")) as status:
        for row in rows:
            status.update(Text(f"measuring {name}: {row.engine} is done"))
            yield row


def _pictures(source: str) -> list[RGBImage]:
    """A few pictures of one size: of a folder, of a clip, of a camera."""
    from tui.camera.imread import read_picture
    from tui.camera.open import open_source
    from tui.camera.stills import pictures_in

    folder = from_home(source)
    if folder.is_dir():
        found = [read_picture(path) for path in pictures_in(folder)[: 4 * _PICTURES]]
        return [picture for picture in found if picture.shape == found[0].shape][:_PICTURES]
    opened = open_source(source)
    try:
        pictures = [opened.read().image]
        while len(pictures) < _PICTURES and not opened.info.still:
            for _ in range(_STRIDE):
                image = opened.read().image
            pictures.append(image)
        return pictures
    finally:
        opened.close()


def _show(rows: Sequence[Row], source: str, comparison: Comparison, limits: dict[str, float]) -> None:
    from tui.cli.table import align

    console = make_console()
    height, width = comparison.pictures[0].shape[:2]
    gflops = ", ".join(f"{precision} {limit:.0f} GFLOP/s" for precision, limit in limits.items())
    console.print(f"{printable_address(source)}, {len(comparison.pictures)} pictures of {width}x{height}", style="bold")
    console.print(f"this machine's limit, one large matrix product: {gflops}")
    cells = [
        (
            row.model,
            row.engine,
            _ms(row.network_ms),
            _ms(row.network_p99_ms),
            _ms(row.frame_ms),
            _ms(row.frame_p99_ms),
            "" if row.network_share is None else f"{100 * row.network_share:.0f} %",
            f"{row.fps:.1f}",
            "" if row.ratio_to_eager is None else f"{row.ratio_to_eager:.1f}x",
            "" if row.of_limit is None else f"{100 * row.of_limit:.0f} %",
            "" if row.first_map_s is None else f"{row.first_map_s:.2f} s",
            _percent(row.difference_median),
            _percent(row.difference_p99),
        )
        for row in rows
    ]
    for line in align([_HEADINGS, *cells], right=False):
        console.print(line)
    for note in dict.fromkeys(note for row in rows for note in row.notes):
        console.print(f" {note}", style="yellow")
    for row in rows:
        if row.empty_trip_ms is not None:
            empty = f"{row.empty_trip_ms:.1f} ms"
            words = f" {row.model}: network is the round trip, of which a request of nothing takes {empty}"
            console.print(words, style="dim", markup=False)
    console.print(
        " frame: from the picture to its full-size map; first map: a second start, from the command to its reading; "
        "off: from f32, in the range of the map; share: of the network in a frame",
        style="dim",
    )


def _ms(value: float | None) -> str:
    return "" if value is None else f"{value:.1f} ms"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.2g} %"
