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
        help="A name from 'depth-tui models', or a file of your own: .onnx, .tflite or .xml with its card (.toml) "
        "beside it. Without it: the best one installed.",
    ),
]
WeightsOption = Annotated[
    Path | None, typer.Option("--weights", metavar="F", help="Weights of that model, instead of the fetched ones.")
]
EngineOption = Annotated[Engine, typer.Option("--engine", help="What computes the network.")]
