"""Whole models compared: engines and precisions side by side, the time to the first map, what precision costs."""

from __future__ import annotations

import itertools
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tui.bench.stages import TimesNetwork
from tui.depth.estimator import DepthEstimator
from tui.depth.loader import ModelRequest, load_estimator
from tui.depth.registry import find_spec, is_known
from tui.depth.remote.address import is_remote
from tui.depth.remote.estimator import RemoteEstimator
from tui.depth.speed import GFLOP, record_frame
from tui.errors import ModelError
from tui.extras import MIDAS, need
from tui.geometry.arrays import FloatMap, RGBImage

if TYPE_CHECKING:
    from tui.depth.engines.network import Batch

EAGER = "torch eager f32"
"""The yardstick: the module as torch runs it without any help."""

_FEWEST = 5
_STARTS = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One model on one engine in one precision."""

    model: str
    engine: str
    """As the estimator names it, or `EAGER`."""
    precision: str
    network_ms: float | None
    """Median of the network alone; None where the estimator does not tell."""
    network_p99_ms: float | None
    frame_ms: float
    """Median from the picture to its full-size map."""
    frame_p99_ms: float
    frames: int
    fps: float
    """Frames a second, one after another."""
    network_share: float | None
    """Of a frame's time; of a network on a server the whole round trip."""
    empty_trip_ms: float | None
    """To the server and back with nothing; None for a network of this machine."""
    ratio_to_eager: float | None
    """How many times as long torch eager takes for a frame."""
    of_limit: float | None
    """The time of as much arithmetic in one large matrix product, in this precision, over that of the network."""
    first_map_s: float | None
    """A second start, from outside: a new process until it has printed a reading; the median of three."""
    difference_median: float | None
    """|p - p in f32| over the range between the 1st and 99th percentile of p in f32; median over all pixels."""
    difference_p99: float | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is compared, and how long each row is repeated."""

    pictures: Sequence[RGBImage]
    """RGB, uint8, of one size."""
    seconds: float
    threads: int | None = None

    @property
    def is_usual_size(self) -> bool:
        """Whether the pictures are 640x480, which the arithmetic of a model is known for."""
        return self.pictures[0].shape[:2] == (480, 640)


def compare(
    comparison: Comparison, name: str, weights: Path | None, limits: dict[str, float], card: Path | None = None
) -> Iterator[Row]:
    """One model: torch eager, then OpenVINO in each precision that the machine has, then a GPU of torch's.

    A network on a server is one row.

    Args:
        comparison: pictures and times.
        name: as `--model` takes it.
        weights: a checkpoint instead of the installed one.
        limits: `matmul_limits`.
        card: of a model file or a server, instead of the one that comes with it.

    Raises:
        ModelError: the model is not to be had.
    """
    full_name = find_spec(name).name if is_known(name) else name
    gflop = GFLOP.get(full_name) if comparison.is_usual_size else None
    baseline_ms: float | None = None
    exact: list[FloatMap] = []
    for engine, precision in [("auto", "f32")] if is_remote(name) else _ways(limits):
        request = ModelRequest(name, weights, engine.split()[0], comparison.threads, precision, card)
        try:
            estimator = _eager(request) if engine == EAGER else load_estimator(request)
        except ModelError:
            if engine != "openvino":
                continue  # a model file is no torch network: there is nothing to compare with
            raise
        try:
            times = _time(estimator, comparison)
            maps = [estimator.estimate(picture) for picture in comparison.pictures]
            computed_by = EAGER if engine == EAGER else estimator.engine
            notes = estimator.notes
            empty_s = estimator.empty_trip_s() if isinstance(estimator, RemoteEstimator) else None
        finally:
            estimator.close()
        frame_ms = times.median_ms
        if engine == EAGER:
            baseline_ms = frame_ms
        elif precision == "f32" and not exact:
            exact = maps
        difference = _difference(maps, exact) if exact and maps is not exact else (None, None)
        limit = limits.get(precision)
        network_ms = times.network_ms
        if engine != EAGER and comparison.is_usual_size and is_known(name) and not notes:
            record_frame(full_name, precision, frame_ms / 1000)
        yield Row(
            model=name,
            engine=computed_by,
            precision=precision,
            network_ms=network_ms,
            network_p99_ms=times.network_p99_ms,
            frame_ms=frame_ms,
            frame_p99_ms=times.p99_ms,
            frames=times.count,
            fps=1000 / frame_ms,
            network_share=network_ms / frame_ms if network_ms else None,
            empty_trip_ms=None if empty_s is None else 1000 * empty_s,
            ratio_to_eager=baseline_ms / frame_ms if baseline_ms else None,
            of_limit=1000 * gflop / limit / network_ms if gflop and limit and network_ms else None,
            first_map_s=None if engine == EAGER else _first_map_s(comparison.pictures[0], request),
            difference_median=difference[0],
            difference_p99=difference[1],
            notes=notes,
        )


def _ways(limits: dict[str, float]) -> Iterator[tuple[str, str]]:
    from tui.depth.engines.torch_engine import find_accelerator

    yield EAGER, "f32"
    yield from (("openvino", precision) for precision in limits)
    if find_accelerator() is not None:
        yield from (("torch", "f32"), ("torch", "auto"))


@dataclass(frozen=True, slots=True)
class _Times:
    median_ms: float
    p99_ms: float
    network_ms: float | None
    network_p99_ms: float | None
    count: int


def _time(estimator: DepthEstimator, comparison: Comparison) -> _Times:
    pictures = itertools.cycle(comparison.pictures)
    frames: list[float] = []
    networks: list[float] = []
    for _ in range(2):  # compiling, and caches that are still cold, do not count
        estimator.estimate(next(pictures))
    end_s = time.perf_counter() + comparison.seconds
    while len(frames) < _FEWEST or time.perf_counter() < end_s:
        started_s = time.perf_counter()
        estimator.estimate(next(pictures))
        frames.append(1000 * (time.perf_counter() - started_s))
        if isinstance(estimator, TimesNetwork):
            networks.append(1000 * estimator.network_s)
    median, p99 = np.percentile(frames, (50, 99))
    if not networks:
        return _Times(float(median), float(p99), None, None, len(frames))
    of_network = np.percentile(networks, (50, 99))
    return _Times(float(median), float(p99), float(of_network[0]), float(of_network[1]), len(frames))


def _difference(maps: Sequence[FloatMap], exact: Sequence[FloatMap]) -> tuple[float, float]:
    shares = []
    for rough, right in zip(maps, exact, strict=True):
        low, high = np.nanpercentile(right, (1, 99))
        shares.append((np.abs(rough - right) / max(float(high - low), 1e-12)).ravel())
    median, p99 = np.nanpercentile(np.concatenate(shares), (50, 99))
    return float(median), float(p99)


def _eager(request: ModelRequest) -> DepthEstimator:
    """The MiDaS module as torch runs it: no channels-last, no compiling; the same way to its input and to the map.

    Raises:
        ModelError: it is no torch network of ours.
    """
    from tui.depth.estimator import ModelIdentity
    from tui.depth.midas.estimator import MidasEstimator
    from tui.depth.midas.types import MIDAS_TYPES
    from tui.depth.weights import find_weights

    spec = find_spec(request.model or "")
    if spec.name not in MIDAS_TYPES:
        raise ModelError(f"{spec.short_name} is not run by torch")
    need(MIDAS, spec.short_name)
    weights = find_weights(spec, request.weights)
    identity = ModelIdentity(spec.name, weights.sha256)
    return MidasEstimator(identity, MIDAS_TYPES[spec.name].transform, _Eager(spec.name, weights.path, request.threads))


class _Eager:
    engine = EAGER
    notes: tuple[str, ...] = ()

    def __init__(self, name: str, path: Path, threads: int | None) -> None:
        import torch

        from tui.depth.engines.network import default_threads
        from tui.depth.midas.checkpoint import load_module

        torch.set_num_threads(threads or default_threads())
        self._torch = torch
        self._module = load_module(name, path).eval()

    def run(self, batch: Batch) -> FloatMap:
        from tui.depth.engines.network import single_map

        with self._torch.inference_mode():
            return single_map(self._module(self._torch.from_numpy(batch)).numpy())

    def close(self) -> None:
        """Nothing is held but the module."""


def _first_map_s(picture: RGBImage, request: ModelRequest) -> float | None:
    """Seconds of a new process that reads a picture at one pixel, all being in its caches; None if it fails."""
    import cv2

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "picture.png"
        cv2.imwrite(str(path), np.ascontiguousarray(picture[..., ::-1]))
        command = [sys.executable, "-m", "tui", "measure", str(path), "--at", "1,1", "--json"]
        command += ["--model", request.model or "", "--engine", request.engine, "--precision", request.precision]
        command += ["--card", str(request.card)] if request.card else []
        command += ["--weights", str(request.weights)] if request.weights else []
        command += ["--threads", str(request.threads)] if request.threads else []
        times = []
        for number in range(_STARTS + 1):
            started_s = time.perf_counter()
            if subprocess.run(command, capture_output=True, check=False).returncode:
                return None
            if number:  # the first one fills the caches
                times.append(time.perf_counter() - started_s)
    return float(np.median(times))
