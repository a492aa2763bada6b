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


class Precision(StrEnum):
    """What a network is computed in."""

    AUTO = "auto"
    F32 = "f32"
    BF16 = "bf16"
    F16 = "f16"


class Theme(StrEnum):
    """Colours of the app."""

    DARK = "dark"
    LIGHT = "light"


class Colors(StrEnum):
    """What the terminal is taken to show."""

    AUTO = "auto"
    TRUECOLOR = "truecolor"
    EIGHT_BIT = "256"
    STANDARD = "16"
    MONO = "mono"


class Palette(StrEnum):
    """Of depth maps."""

    INFERNO = "inferno"
    MAGMA = "magma"
    VIRIDIS = "viridis"
    CIVIDIS = "cividis"
    GREY = "grey"
    TURBO = "turbo"


class ContourChoice(StrEnum):
    """Lines of equal distance over depth maps."""

    AUTO = "auto"
    OFF = "off"
    ON = "on"
    ONLY = "only"


class GraphicsChoice(StrEnum):
    """How pictures are drawn."""

    HALFBLOCKS = "halfblocks"
    AUTO = "auto"
    SIXEL = "sixel"
    KITTY = "kitty"


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
EngineOption = Annotated[
    Engine,
    typer.Option(
        "--engine",
        envvar="DEPTH_TUI_ENGINE",
        help="What computes the network; auto: a GPU by torch, else OpenVINO, and what fails is replaced.",
    ),
]
PrecisionOption = Annotated[
    Precision,
    typer.Option(
        "--precision",
        envvar="DEPTH_TUI_PRECISION",
        help="What the network is computed in; auto: the fastest that the machine has.",
    ),
]
ThreadsOption = Annotated[
    int | None,
    typer.Option(
        "--threads",
        envvar="DEPTH_TUI_THREADS",
        metavar="N",
        min=1,
        help="Cores for the network. Without it: all, but for one where there are more than two.",
    ),
]
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
