"""The card beside a model file: what the file itself does not say."""

from __future__ import annotations

import hashlib
import math
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tui.calibration.beliefs import MapKind
from tui.calibration.usual import FOCAL_SIGMA, METRIC_SIGMA, Usual
from tui.depth.card_fields import CardFields, wrong
from tui.errors import CARD_FOLLOWS, ModelError
from tui.storage.bounded import read_bounded

_LARGEST = 1 << 20
TOLD_FOCAL_PX = 1000.0
"""What a network is told that wants to know the focal length; its metres are brought to the camera's own afterwards."""
CARD_EXAMPLE: Final = """\
name = "my-network"
licence = "MIT"
source = "where it is from"

[input]
layout = "NCHW"                # or "NHWC"
color = "RGB"                  # or "BGR"
dtype = "float32"              # or "float16", "uint8"
scale = 0.00392156862745098    # 8-bit values are multiplied by this, then (value - mean) / std
mean = [0.485, 0.456, 0.406]
std = [0.229, 0.224, 0.225]
resize = "keep-aspect"         # shorter side to `size`; "stretch": exactly size x size; "pad": so, but with bars
size = 256                     # or [height, width], with "stretch", "pad"; leave it out where the file prescribes them
multiple_of = 32               # sides are rounded to a multiple of this
# pad_color = [0, 0, 0]        # of the bars, with "pad": 8-bit red, green, blue
# pad_at = "both"              # bars on both sides; "end": only at the right or below

[output]
kind = "inverse_depth"         # relative, larger = nearer; or "depth_m", metres along the optical axis
proportional = false           # true: an inverse depth of 0 is meant to be infinitely far away
scale = 1.0                    # raw values are multiplied by this
valid_above = 0.0              # raw values at or below mean nothing
# typical_m = 2.0              # how far away a value of 1 typically is, of an inverse depth
# range_m = [0.2, 20.0]        # between which distances it was trained
# name = "depth"               # of the output that is the map, where the network has several
# canonical_focal_px = 300.0   # metres hold for this focal length, in pixels of the input, and are proportional to it:
#                              # the camera's own then comes in
# focal_name = "focal"         # of the output with the focal length that the network believes in; so the same
# sky_name = "sky"             # of an output of the map's size: no distance where it is above sky_above = 0.5
"""


@dataclass(frozen=True, slots=True)
class InputCard:
    """How a picture becomes the network's input."""

    layout: str
    """'NCHW' or 'NHWC'."""
    color: str
    """'RGB' or 'BGR'."""
    dtype: str
    """'float32', 'float16' or 'uint8'."""
    scale: float
    """8-bit values are multiplied by this, then (value - mean) / std."""
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    resize: str
    """'keep-aspect': shorter side to `size_px`; 'stretch': exactly `sides_px`, or size_px x size_px; 'pad': the same
    sides, the picture keeping its aspect between bars.
    """
    size_px: int
    """The shorter side; 0 where the file prescribes its sides."""
    multiple_of: int
    sides_px: tuple[int, int] | None = None
    """(height, width), where the card says both."""
    focal_name: str = ""
    """Of a second input, the focal length in pixels of the first; empty where there is none."""
    pad_color: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Of bars: red, green, blue, 8-bit."""
    pad_at: str = "both"
    """Where bars are: on 'both' sides, or at the 'end', right or below."""

    def named(self, sha256: str) -> str:
        """What a network is called with this input: between bars it is another one, as it sees something else."""
        if self.resize != "pad":
            return sha256
        return hashlib.sha256(f"{sha256} {self.pad_at} {self.pad_color}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class OutputCard:
    """What the network's raw values mean."""

    kind: str
    """'depth_m' (metres along the optical axis) or 'inverse_depth' (relative, larger = nearer)."""
    scale: float
    """Raw values are multiplied by this."""
    valid_above: float
    """Raw values at or below this mean nothing."""
    proportional: bool = False
    """Whether an inverse depth was trained to be about proportional to 1/z: 0 is far away."""
    name: str = ""
    """Of the network's output that is the map; empty where it has only one."""
    usual: Usual | None = None
    """What distances its values usually stand for, where the card says so."""
    canonical_focal_px: float = 0.0
    """Metres are proportional to the focal length, and hold for this one, in pixels of the network's input; 0: are not.
    """
    focal_name: str = ""
    """Of the output with the focal length for which the metres hold; empty where it is `canonical_focal_px`."""
    sky_name: str = ""
    """Of the output that says where the sky is; empty where there is none."""
    sky_above: float = 0.5
    """Where that is larger, there is no distance."""

    @property
    def map_kind(self) -> MapKind:
        """What is to be believed of the maps."""
        if self.kind == "depth_m":
            return MapKind.METRIC
        return MapKind.PROPORTIONAL if self.proportional else MapKind.RELATIVE


@dataclass(frozen=True, slots=True)
class Card:
    """All of a card."""

    name: str
    licence: str
    source: str
    input: InputCard
    output: OutputCard


def card_path(model: Path) -> Path:
    """Where the card of a model file is: `net.toml` beside `net.onnx`."""
    return model.with_suffix(".toml")


def read_card(model: Path) -> Card:
    """The card beside a model file, every field checked.

    Raises:
        ModelError: the card is missing or wrong; the message names the field and shows a correct card.
    """
    return read_card_file(card_path(model), model.name)


def read_card_file(path: Path, model: str) -> Card:
    """A card by itself; `model` is what needs it.

    Raises:
        ModelError: as `read_card`.
    """
    try:
        text = read_bounded(path, _LARGEST).decode("utf-8")
    except FileNotFoundError as error:
        raise ModelError(
            f"card {path}: there is no such file, and {model} needs it{CARD_FOLLOWS}{CARD_EXAMPLE}"
        ) from error
    except UnicodeDecodeError as error:
        raise wrong(str(path), "it is not a text in UTF-8") from error
    except OSError as error:
        raise wrong(str(path), f"it cannot be read ({error.strerror or error})") from error
    return parse_card(text, str(path))


def parse_card(text: str, where: str) -> Card:
    """A card's text, every field checked; `where` names it in messages.

    Raises:
        ModelError: it is wrong; the message names the field.
    """
    if len(text) > _LARGEST:
        raise wrong(where, "it is far too long to be a card")
    try:
        table = tomllib.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:  # TOMLDecodeError, or a number of thousands of digits
        raise wrong(where, f"it is not valid TOML: {' '.join(str(error).split())[:200]}") from error
    fields = CardFields(where, table)
    card = Card(
        name=fields.text("name"),
        licence=fields.text("licence", default=""),
        source=fields.text("source", default=""),
        input=_input_card(fields),
        output=_output_card(fields),
    )
    fields.check_all_known()
    return card


def _input_card(fields: CardFields) -> InputCard:
    sides = fields.sides("input.size", 1, 8192)
    dtype = fields.choice("input.dtype", "float32", "float16", "uint8")
    card = InputCard(
        layout=fields.choice("input.layout", "NCHW", "NHWC"),
        color=fields.choice("input.color", "RGB", "BGR"),
        dtype=dtype,
        scale=fields.number("input.scale", _not_zero, "must not be 0"),
        mean=fields.three("input.mean"),
        std=fields.three("input.std", _not_zero, "must not contain 0"),
        resize=fields.choice("input.resize", "keep-aspect", "stretch", "pad"),
        size_px=0 if sides is None else min(sides),
        multiple_of=fields.whole("input.multiple_of", 1, 1024, default=1),
        sides_px=sides if fields.is_list("input.size") else None,
        focal_name=fields.text("input.focal_name", default=""),
        pad_color=fields.three("input.pad_color", _is_8_bit, "must be from 0 to 255", default=[0.0, 0.0, 0.0]),
        pad_at=fields.choice("input.pad_at", "both", "end", default="both"),
    )
    if card.sides_px is not None and card.resize == "keep-aspect":
        raise wrong(
            fields.where,
            'input.size is two sides, which needs input.resize = "stretch" or "pad": height first, then width',
        )
    for name in ("input.pad_color", "input.pad_at"):
        if card.resize != "pad" and fields.has(name):
            raise wrong(fields.where, f'{name} is for bars: leave it out, or write input.resize = "pad"')
    if dtype == "uint8" and (card.scale, card.mean, card.std) != (1.0, (0.0,) * 3, (1.0,) * 3):
        raise wrong(
            fields.where,
            "input.dtype is uint8, whose values go in as they are: "
            "write scale = 1.0, mean = [0.0, 0.0, 0.0], std = [1.0, 1.0, 1.0]",
        )
    return card


def _output_card(fields: CardFields) -> OutputCard:
    kind = fields.choice("output.kind", "depth_m", "inverse_depth")
    scale = fields.number("output.scale", lambda value: value > 0, "must be greater than 0", default=1.0)
    # A depth of zero or less is no depth; an inverse depth is relative and may be anything.
    lowest = 0.0 if kind == "depth_m" else -math.inf
    valid_above = fields.number(
        "output.valid_above", lambda value: value >= lowest, "must not be negative for depth_m", default=lowest
    )
    proportional = fields.flag("output.proportional")
    if proportional and kind == "depth_m":
        raise wrong(fields.where, "output.proportional says something about inverse_depth only: leave it out")
    name = fields.text("output.name", default="")
    focal_px, focal_name = _focal(fields, kind)
    usual = _usual(fields, kind, per_focal=focal_px > 0)
    sky_name = fields.text("output.sky_name", default="")
    sky_above = fields.number("output.sky_above", math.isfinite, "must be finite", default=0.5)
    if fields.has("output.sky_above") and not sky_name:
        raise wrong(fields.where, "output.sky_above needs output.sky_name, the output that it is compared with")
    if sky_name and focal_name:
        raise wrong(fields.where, "output.sky_name and output.focal_name exclude each other: leave one of them out")
    if sky_name and sky_name == name:
        raise wrong(
            fields.where, f"output.sky_name is {sky_name!r:.60}, which is the map already: name the other output"
        )
    return OutputCard(kind, scale, valid_above, proportional, name, usual, focal_px, focal_name, sky_name, sky_above)


def _focal(fields: CardFields, kind: str) -> tuple[float, str]:
    """For which focal length, in pixels of the input, metres hold: 0 if they do not ask; and whose output it is."""
    focal_px = fields.number(
        "output.canonical_focal_px", lambda value: value > 0, "must be greater than 0", default=0.0
    )
    name, told = fields.text("output.focal_name", default=""), fields.text("input.focal_name", default="")
    if kind != "depth_m":
        if not (focal_px or name):
            return 0.0, ""
        which = "output.canonical_focal_px" if focal_px else "output.focal_name"
        raise wrong(fields.where, f'{which} says something about metres only: leave it out, or write kind = "depth_m"')
    if name and (focal_px or told):
        other = "output.canonical_focal_px" if focal_px else "input.focal_name"
        raise wrong(fields.where, f"output.focal_name and {other} exclude each other: leave one of them out")
    if name:
        if fields.number("output.valid_above", math.isfinite, "must be finite", default=0.0):
            raise wrong(
                fields.where, "output.valid_above must be 0 with output.focal_name, by which metres are divided"
            )
        return 1.0, name  # the metres are divided by it, and hold for a focal length of 1 then
    return focal_px or (TOLD_FOCAL_PX if told else 0.0), ""


def _usual(fields: CardFields, kind: str, *, per_focal: bool) -> Usual | None:
    typical_m = fields.number("output.typical_m", lambda value: value > 0, "must be greater than 0", default=0.0)
    range_m = fields.pair("output.range_m")
    if range_m is not None and not 0 < range_m[0] < range_m[1]:
        raise wrong(fields.where, "output.range_m must be two distances in metres, the nearer one first")
    if kind == "depth_m":
        if typical_m:
            raise wrong(fields.where, "output.typical_m says something about inverse_depth only: leave it out")
        if per_focal:
            return Usual(1.0, FOCAL_SIGMA, range_m, per_focal=True)
        return None if range_m is None else Usual(1.0, METRIC_SIGMA, range_m)
    if range_m is not None and not typical_m:
        raise wrong(fields.where, "output.range_m of an inverse_depth needs output.typical_m too")
    return Usual(typical_m, range_m=range_m) if typical_m else None


def _is_8_bit(value: float) -> bool:
    return 0 <= value <= 255


def _not_zero(value: float) -> bool:
    return value != 0
