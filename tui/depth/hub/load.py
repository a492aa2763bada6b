"""From `hf:OWNER/NAME` to an estimator that is ready to run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tui.depth.hub.address import HubAddress, parse_address
from tui.depth.hub.cache import cache_folder, find_snapshot, is_offline
from tui.depth.hub.checkpoint import CONFIG, Checkpoint, read_checkpoint
from tui.depth.hub.choices import hub_spec
from tui.depth.hub.estimator import HubEstimator
from tui.depth.hub.module import load_hub_module
from tui.depth.hub.network import hub_network
from tui.depth.registry import ModelSpec
from tui.depth.weights import WeightsMissing
from tui.errors import InputError, ModelError
from tui.extras import HUB, need

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import nn


class SnapshotMissing(WeightsMissing):
    """The repository is not in the Hub's cache yet, but can be fetched."""

    def __init__(self, address: HubAddress) -> None:
        message = f"{address.text} is not in the Hub's cache ({cache_folder()}); "
        if is_offline():
            message += "HF_HUB_OFFLINE forbids to look for it: unset it, then "
        ModelError.__init__(self, f"{message}run: depth-tui models fetch {address.text}")
        self.spec = hub_spec(address)


def spec_of(name: str) -> ModelSpec:
    """What is known of a model before it is fetched.

    Raises:
        InputError: it is a folder, which needs no fetching, or no model of the Hub.
    """
    address = parse_address(name)
    if isinstance(address, Path):
        raise InputError(f"{address} is a folder already: give it as --model {name}")
    return hub_spec(address)


def find_checkpoint(name: str) -> Checkpoint:
    """The checkpoint that a name means, from the Hub's cache or a folder; the network is never asked.

    Raises:
        SnapshotMissing: it must be fetched first.
        ModelError: it cannot be used, or the Hub's libraries are not installed.
    """
    address = parse_address(name)
    if isinstance(address, Path):
        return read_checkpoint(address)
    folder = find_snapshot(address)
    if folder is None or not (folder / CONFIG).exists():
        need(HUB, address.text)
        raise SnapshotMissing(address)
    return read_checkpoint(folder, address)


def load_hub(
    name: str,
    say: Callable[[str, float | None], None],
    *,
    engine: str = "auto",
    threads: int | None = None,
    precision: str = "f32",
) -> HubEstimator:
    """Load a model of the Hub.

    Args:
        name: `hf:OWNER/NAME`, with `@REVISION` if wanted, or a folder.
        say: is told what is being done.
        engine: 'auto', 'torch' or 'openvino'.
        threads: cores to use; None for the usual number.
        precision: as the engines take it.

    Raises:
        SnapshotMissing: it must be fetched first.
        ModelError: anything else; one line.
    """
    say(f"reading {name}", 0.0)
    checkpoint = find_checkpoint(name)
    need(HUB, checkpoint.label)

    def module() -> nn.Module:
        say("starting torch", 0.3)
        return load_hub_module(checkpoint)

    network = hub_network(checkpoint, module, engine, precision, threads)
    say(f"{name} is ready", 1.0)
    return HubEstimator(checkpoint, network)
