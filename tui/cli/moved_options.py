"""The options of `measure` for pictures from further to the side."""

from __future__ import annotations

from typing import Annotated

import typer

from tui.cli.complete import intrinsics_names

MovedOption = Annotated[
    list[str] | None,
    typer.Option(
        "--moved",
        metavar="B.jpg",
        help="A second picture of the same still scene, the camera slid sideways by --baseline: dozens of references "
        "over all distances. Needs the camera. Given again, further pictures along the way: narrower intervals.",
    ),
]
SlideOption = Annotated[
    str | None,
    typer.Option(
        "--slide",
        metavar="CLIP",
        help="A clip, or a folder of pictures, of a still scene, in which the camera was slid slowly sideways by "
        "--baseline, held still at both ends: its first picture is measured. In place of IMAGE and --moved.",
    ),
]
BaselineOption = Annotated[
    str | None,
    typer.Option(
        "--baseline",
        metavar="LENGTH",
        help="How far the camera was slid for --moved: 20cm or 20cm±2mm (one standard deviation; without it 1 %, at "
        "least 2 mm). Of several pictures that of the last, or one for each, 10cm,20cm, all from where IMAGE was "
        "taken. Without it every --reference tells the scale.",
    ),
]
MovedIntrinsicsOption = Annotated[
    str | None,
    typer.Option(
        "--moved-camera",
        metavar="NAME|fx,fy,cx,cy",
        autocompletion=intrinsics_names,
        help="The camera that took --moved, where it is another one.",
    ),
]
