"""A model file of the user's own, described by its card and run by OpenVINO."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tui.depth.card import TOLD_FOCAL_PX, Card, InputCard, OutputCard, card_path, read_card_file
from tui.depth.engines.choice import openvino_ways
from tui.depth.engines.converted import compiled_folder
from tui.depth.engines.fallback import FallbackNetwork
from tui.depth.engines.first_read import check_readable
from tui.depth.engines.network import Batch, EngineError, reason
from tui.depth.enlarging import Enlarging, Kernel
from tui.depth.estimator import DepthMap, ModelIdentity
from tui.depth.framing import FixedSize, check_sides, framed, other_layout, prepare
from tui.depth.model_parts import sha256_of
from tui.depth.sound import AGAIN, check_weights
from tui.errors import ModelError
from tui.geometry.arrays import FloatMap, RGBImage, check_rgb
from tui.storage.paths import from_home

if TYPE_CHECKING:
    from tui.depth.engines.network import Network

SUFFIXES = (".onnx", ".tflite", ".xml")
"""Kinds of file that OpenVINO reads."""

_FLOATS = ("f32", "f16", "bf16", "f64")
_ELEMENT_TYPES = {"float32": _FLOATS, "float16": _FLOATS, "uint8": ("u8",)}
"""What a card's dtype may be in the file, as OpenVINO names it; which float it is, the file itself says."""

_STEPS = (14, 16, 32, 64, 28, 8, 7, 128, 12, 24, 48, 6, 10, 20, 4, 2, 1)
"""Multiples that networks ask their sides to be of, the usual ones first."""


class FileModelEstimator:
    """A network from a file; metres become inverse depth here, so that it is treated as any other."""

    def __init__(
        self,
        identity: ModelIdentity,
        card: Card,
        fixed: FixedSize,
        network: Network,
        misfit: Callable[[tuple[int, int]], str | None],
        doubts: tuple[str, ...] = (),
    ) -> None:
        self._identity = identity
        self._card = card
        self._fixed = fixed
        self._network = network
        self._misfit = misfit
        self._doubts = doubts
        self._proved = False
        self.network_s = 0.0
        """What of the last estimate the network itself took."""

    @property
    def identity(self) -> ModelIdentity:
        """See `DepthEstimator`."""
        return self._identity

    @property
    def engine(self) -> str:
        """See `DepthEstimator`."""
        return self._network.engine

    @property
    def notes(self) -> tuple[str, ...]:
        """See `DepthEstimator`."""
        return (*self._doubts, *self._network.notes)

    def estimate(self, image: RGBImage) -> FloatMap:
        """See `DepthEstimator`; NaN where the network has no valid depth."""
        return self.infer(image).full

    def infer(self, image: RGBImage) -> DepthMap:
        """See `LazyEstimator`."""
        check_rgb(image)
        height, width = image.shape[:2]
        framing = framed(self._card.input, self._fixed, width, height)
        batch = prepare(image, self._card.input, framing)
        started_s = time.perf_counter()
        raw = self._run(batch, framing.size)
        self.network_s = time.perf_counter() - started_s
        factor = focal_factor(self._card.output, framing.inner, (width, height))
        values = framing.cut(inverse_depth(raw, self._card.output, factor))
        return DepthMap(values, Enlarging(Kernel.LINEAR, width, height))

    def close(self) -> None:
        """See `DepthEstimator`."""
        self._network.close()

    def _run(self, batch: Batch, size: tuple[int, int]) -> FloatMap:
        try:
            raw = self._network.run(batch)
            if not self._proved and not np.isfinite(raw).any():
                raw_of_test = self._network.run(_test_batch(batch))
                if not np.isfinite(raw_of_test).any():
                    raise ModelError(f"{self._identity.name} gives no number, whatever the picture: {AGAIN}")
        except EngineError as error:
            if (why := self._misfit(size)) is not None:
                raise ModelError(why) from error
            raise
        self._proved = True
        return raw


def _test_batch(batch: Batch) -> Batch:
    """A picture of noise in the place of one that a network may have reason to say nothing of."""
    noise = np.random.default_rng(0).random(batch.shape, dtype=np.float32)
    return (255 * noise).astype(np.uint8) if batch.dtype == np.uint8 else noise


def load_file_model(
    path: Path, threads: int | None = None, precision: str = "f32", card_file: Path | None = None
) -> FileModelEstimator:
    """The estimator for a model file with its card, which lies beside it where no other one is given.

    Raises:
        ModelError: the file or its card is missing or wrong, or the two do not fit each other.
    """
    sha256 = sha256_of(path)
    where = card_path(path) if card_file is None else from_home(card_file)
    from tui.depth.first_card.suggest import doubts_of, missing_card

    if not where.exists():
        raise missing_card(where, path, sha256)
    card = read_card_file(where, path.name)
    check_readable(path, sha256)
    from tui.depth.engines.focal import over_focal, told_focal  # this engine's own cost
    from tui.depth.engines.openvino_engine import FAILURES, read_model, taking_f32, with_output
    from tui.depth.engines.sky import without_sky

    try:
        model = read_model(path)
        if card.input.focal_name:
            focal_px = card.output.canonical_focal_px or TOLD_FOCAL_PX
            model = told_focal(model, card.input.focal_name, focal_px, path, where)
        fixed = check_fits(model, card.input, path, where)
        if card.output.sky_name:
            sky = card.output.name, card.output.sky_name, card.output.sky_above
            model = without_sky(model, *sky, path, where)
            sha256 = hashlib.sha256(f"{sha256} sky {sky}".encode()).hexdigest()
        if card.output.focal_name:
            model = over_focal(model, card.output.name, card.output.focal_name, path, where)
        elif not card.output.sky_name and (len(model.outputs) > 1 or card.output.name):
            several = len(model.outputs) > 1
            model = with_output(model, card.output.name, path, where)
            if several:  # another output of the same weights is another network
                sha256 = hashlib.sha256(f"{sha256} {card.output.name}".encode()).hexdigest()
        if card.output.canonical_focal_px:  # so are metres that mean something else
            which = f"{card.output.canonical_focal_px:.9g} {card.output.focal_name} {card.input.focal_name}"
            sha256 = hashlib.sha256(f"{sha256} focal {which}".encode()).hexdigest()
        sha256 = card.input.named(sha256)
        check_weights(model, path)
        doubts = doubts_of(model, card.input, path, where)
        model = taking_f32(model)
    except FAILURES as error:
        raise ModelError(f"{path} is not a model that OpenVINO can use: {reason(error)}") from error
    return FileModelEstimator(
        ModelIdentity(card.name, sha256, card.output.map_kind, card.output.usual),
        card,
        fixed,
        FallbackNetwork(openvino_ways(lambda: model, precision, threads, compiled_folder(path.stem, sha256))),
        lambda size: _misfit(model, card.input, path.name, where, size),
        doubts,
    )


def _misfit(  # an openvino.Model
    model: Any,  # noqa: ANN401 - see above
    card: InputCard,
    name: str,
    where: Path,
    size: tuple[int, int],
) -> str | None:
    """Why a network cannot take sides that the card asks for, (width, height); None if that is not the matter."""
    from tui.depth.engines.openvino_engine import takes  # this engine's own cost

    nchw = card.layout == "NCHW"
    shape = (1, 3, size[1], size[0]) if nchw else (1, size[1], size[0], 3)
    if takes(model, shape):
        return None
    for step in _STEPS:
        width, height = (max(step, round(side / step) * step) for side in size)
        if takes(model, (1, 3, height, width) if nchw else (1, height, width, 3)):
            return (
                f"{where}: input.multiple_of is {card.multiple_of}, but {name} takes {width}x{height}, "
                f"not {size[0]}x{size[1]}: write multiple_of = {step}"
            )
    return (
        f"{where}: {name} cannot take {size[0]}x{size[1]}; write the sides that it was made for as "
        'input.size, with multiple_of, or with resize = "stretch"'
    )


def check_fits(model: Any, card: InputCard, path: Path, where: Path) -> FixedSize:  # noqa: ANN401  # an openvino.Model
    """The sides that the model prescribes, after its input was found to be what the card at `where` says.

    Raises:
        ModelError: names the card's field that does not fit.
    """
    if not model.outputs:
        raise ModelError(f"{path} has no output: it is damaged; fetch it again")
    if len(model.inputs) != 1:
        raise ModelError(
            f"{path} has {len(model.inputs)} inputs: only networks with one picture as input can be used, "
            "and with the focal length, which the card names as input.focal_name"
        )
    shape = model.inputs[0].get_partial_shape()
    text = shape.to_string()
    if shape.rank.is_dynamic or shape.rank.get_length() != 4:
        raise ModelError(f"{path} takes an input of shape {text}: expected four axes, such as [1,3,?,?]")
    channel_axis, height_axis, width_axis = (1, 2, 3) if card.layout == "NCHW" else (3, 1, 2)
    sizes = [dimension.get_length() if dimension.is_static else None for dimension in shape]
    if sizes[channel_axis] not in (None, 3):
        raise ModelError(
            f'{where}: input.layout is "{card.layout}", but {path.name} takes an input of shape {text}'
            f"{other_layout(sizes)}"
        )
    element = model.inputs[0].get_element_type().to_string()
    if element not in _ELEMENT_TYPES[card.dtype]:
        right = next((dtype for dtype, elements in _ELEMENT_TYPES.items() if element in elements), None)
        remedy = "" if right is None else f': write dtype = "{right}"'
        raise ModelError(f'{where}: input.dtype is "{card.dtype}", but {path.name} takes {element}{remedy}')
    fixed = FixedSize(sizes[width_axis], sizes[height_axis])
    check_sides(card, fixed, path.name, where, text)
    return fixed


def focal_factor(card: OutputCard, size: tuple[int, int], picture: tuple[int, int]) -> float:
    """By what metres are multiplied to hold for a focal length of one picture width; 1 if they do not ask for it.

    The focal length counts in pixels of the network's input; where a side is stretched, the mean of its two.

    Args:
        card: of the output.
        size: (width, height) that the picture has in the network's input.
        picture: (width, height) of the picture.
    """
    if not card.canonical_focal_px:
        return 1.0
    if card.focal_name:  # a field of view across, whatever became of the height
        return size[0] / card.canonical_focal_px
    return 0.5 * (size[0] + size[1] * picture[0] / picture[1]) / card.canonical_focal_px


def inverse_depth(raw: FloatMap, card: OutputCard, factor: float = 1.0) -> FloatMap:
    """Inverse depth from a network's raw map: 1/z of metres, or as it is; NaN where raw means nothing. Shape kept.

    Args:
        raw: as the network gives it.
        card: of the output.
        factor: of `focal_factor`.
    """
    valid = np.isfinite(raw) & (raw > card.valid_above)
    with np.errstate(over="ignore", divide="ignore"):
        values = np.where(valid, raw, np.nan) * np.float32(card.scale * factor)
        if card.kind == "depth_m":
            values = np.float32(1) / values
    return np.asarray(np.where(np.isfinite(values), values, np.nan), dtype=np.float32)
