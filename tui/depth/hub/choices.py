"""Models of the Hub that are worth naming, by what they are good for."""

from __future__ import annotations

from dataclasses import replace

from tui.depth.hub.address import PREFIX, HubAddress
from tui.depth.registry import ModelSpec

_UNKNOWN_SIZE = 0


def _spec(repository: str, size_bytes: int, licence: str, use: str, description: str) -> ModelSpec:
    return ModelSpec(
        name=f"{PREFIX}{repository}",
        aliases=(),
        url=HubAddress(repository).url,
        size_bytes=size_bytes,
        size_tolerance=0.1,
        sha256="",
        sha256_prefix="",
        licence=licence,
        use=use,
        description=description,
    )


# Sizes are four bytes a parameter, as the makers count them, or two where the weights are halves.
HUB_MODELS: tuple[ModelSpec, ...] = (
    _spec(
        "depth-anything/Depth-Anything-V2-Small-hf",
        99_000_000,
        "Apache-2.0",
        "fastest of these",
        "Depth Anything V2 small: 24.8 M parameters, 518 px, relative",
    ),
    _spec(
        "depth-anything/Depth-Anything-V2-Large-hf",
        1_341_000_000,
        "CC-BY-NC-4.0: not for commercial use",
        "most accurate; wants a GPU",
        "Depth Anything V2 large: 335.3 M parameters, 518 px, relative",
    ),
    _spec(
        "depth-anything/Depth-Anything-V2-Metric-Indoor-Small-hf",
        99_000_000,
        "Apache-2.0 as V2 Small; see its card",
        "metres indoors, quick",
        "Depth Anything V2 small, trained on Hypersim: metres up to 20",
    ),
    _spec(
        "depth-anything/Depth-Anything-V2-Metric-Outdoor-Small-hf",
        99_000_000,
        "Apache-2.0 as V2 Small; see its card",
        "metres outdoors, quick",
        "Depth Anything V2 small, trained on Virtual KITTI 2: metres up to 80",
    ),
    _spec(
        "Intel/zoedepth-nyu-kitti",
        1_380_000_000,
        "MIT",
        "metres indoors and on roads",
        "ZoeDepth: 345 M parameters, a head for NYU and one for KITTI; torch only",
    ),
    _spec(
        "apple/DepthPro-hf",
        1_900_000_000,
        "Apple's own; see its card",
        "metres with sharp edges, any lens; wants a GPU",
        "Depth Pro: 952 M parameters, 1536 px, estimates the focal length too",
    ),
)
"""By use: fastest, most accurate, metric indoors, metric outdoors, both, and with a focal length of its own."""


def hub_spec(address: HubAddress) -> ModelSpec:
    """What is known of a repository: of those named here much, of others where they are."""
    for spec in HUB_MODELS:
        if spec.name == f"{PREFIX}{address.repository}":
            return _at(spec, address)
    return _at(
        _spec(address.repository, _UNKNOWN_SIZE, "see its page", "as its page says", "a model of the Hub"), address
    )


def _at(spec: ModelSpec, address: HubAddress) -> ModelSpec:
    return replace(spec, name=address.text)
