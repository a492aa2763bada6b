"""Options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Engine(StrEnum):
    """What computes a network."""

    AUTO = "auto"
    TORCH = "torch"
    OPENVINO = "openvino"


class Theme(StrEnum):
    """Colours of the app."""

    DARK = "dark"
    LIGHT = "light"


ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="M",
        help="A name from 'depth-tui models', hf:OWNER/NAME[@REVISION] of the Hugging Face Hub, or a file of your own: "
        ".onnx, .tflite or .xml with its card (.toml) beside it. Without it: the best one installed.",
    ),
]
WeightsOption = Annotated[
    Path | None, typer.Option("--weights", metavar="F", help="Weights of that model, instead of the fetched ones.")
]
EngineOption = Annotated[Engine, typer.Option("--engine", help="What computes the network.")]
DataOption = Annotated[
    Path,
    typer.Option(
        "--data",
        metavar="FOLDER",
        help="Recordings: 12.jpg with 12.png, or x_color.png with x_depth.png; depth as 16-bit PNG, 0 unknown.",
    ),
]
SequenceOption = Annotated[
    list[str] | None,
    typer.Option("--sequence", metavar="PATTERN", help="Only sequences (folders) that match, such as 'nyu/blk0?'."),
]
DepthUnitsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--depth-units",
        metavar="[PATTERN=]N",
        help="Units of the depth maps that make one metre, as in a file rgbd.toml beside them; 1000 without it.",
    ),
]
