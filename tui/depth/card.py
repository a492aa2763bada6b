"""The card beside a model file: what the file itself does not say."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tui.calibration.beliefs import MapKind
from tui.calibration.usual import METRIC_SIGMA, Usual
from tui.errors import ModelError

_LARGEST = 1 << 20
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
resize = "keep-aspect"         # shorter side to `size`; "stretch": exactly size x size
size = 256
multiple_of = 32               # sides are rounded to a multiple of this

[output]
kind = "inverse_depth"         # relative, larger = nearer; or "depth_m", metres along the optical axis
proportional = false           # true: an inverse depth of 0 is meant to be infinitely far away
scale = 1.0                    # raw values are multiplied by this
valid_above = 0.0              # raw values at or below mean nothing
# typical_m = 2.0              # how far away a value of 1 typically is, of an inverse depth
# range_m = [0.2, 20.0]        # between which distances it was trained
# name = "depth"               # of the output that is the map, where the network has several
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
    """'keep-aspect': shorter side to `size_px`; 'stretch': exactly size_px x size_px."""
    size_px: int
    multiple_of: int


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
        with path.open("rb") as file:
            text = file.read(_LARGEST + 1).decode("utf-8")
    except FileNotFoundError as error:
        raise ModelError(
            f"card {path}: there is no such file, and {model} needs it\n"
            f"A correct card looks like this:\n\n{CARD_EXAMPLE}"
        ) from error
    except UnicodeDecodeError as error:
        raise _wrong(str(path), "it is not a text in UTF-8") from error
    except OSError as error:
        raise _wrong(str(path), f"it cannot be read ({error.strerror or error})") from error
    return parse_card(text, str(path))


def parse_card(text: str, where: str) -> Card:
    """A card's text, every field checked; `where` names it in messages.

    Raises:
        ModelError: it is wrong; the message names the field.
    """
    if len(text) > _LARGEST:
        raise _wrong(where, "it is far too long to be a card")
    try:
        table = tomllib.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:  # TOMLDecodeError, or a number of thousands of digits
        raise _wrong(where, f"it is not valid TOML: {' '.join(str(error).split())[:200]}") from error
    fields = _Fields(where, table)
    card = Card(
        name=fields.text("name"),
        licence=fields.text("licence", default=""),
        source=fields.text("source", default=""),
        input=_input_card(fields),
        output=_output_card(fields),
    )
    fields.check_all_known()
    return card


def _input_card(fields: _Fields) -> InputCard:
    dtype = fields.choice("input.dtype", "float32", "float16", "uint8")
    card = InputCard(
        layout=fields.choice("input.layout", "NCHW", "NHWC"),
        color=fields.choice("input.color", "RGB", "BGR"),
        dtype=dtype,
        scale=fields.number("input.scale", _not_zero, "must not be 0"),
        mean=fields.three("input.mean"),
        std=fields.three("input.std", _not_zero, "must not contain 0"),
        resize=fields.choice("input.resize", "keep-aspect", "stretch"),
        size_px=fields.whole("input.size", 1, 8192),
        multiple_of=fields.whole("input.multiple_of", 1, 1024, default=1),
    )
    if dtype == "uint8" and (card.scale, card.mean, card.std) != (1.0, (0.0,) * 3, (1.0,) * 3):
        raise _wrong(
            fields.where,
            "input.dtype is uint8, whose values go in as they are: "
            "input.scale must be 1.0, input.mean [0.0, 0.0, 0.0] and input.std [1.0, 1.0, 1.0]",
        )
    return card


def _output_card(fields: _Fields) -> OutputCard:
    kind = fields.choice("output.kind", "depth_m", "inverse_depth")
    scale = fields.number("output.scale", lambda value: value > 0, "must be greater than 0", default=1.0)
    # A depth of zero or less is no depth; an inverse depth is relative and may be anything.
    lowest = 0.0 if kind == "depth_m" else -math.inf
    valid_above = fields.number(
        "output.valid_above", lambda value: value >= lowest, "must not be negative for depth_m", default=lowest
    )
    proportional = fields.flag("output.proportional")
    if proportional and kind == "depth_m":
        raise _wrong(fields.where, "output.proportional says something about inverse_depth only: leave it out")
    name = fields.text("output.name", default="")
    return OutputCard(kind, scale, valid_above, proportional, name, _usual(fields, kind))


def _usual(fields: _Fields, kind: str) -> Usual | None:
    typical_m = fields.number("output.typical_m", lambda value: value > 0, "must be greater than 0", default=0.0)
    range_m = fields.pair("output.range_m")
    if range_m is not None and not 0 < range_m[0] < range_m[1]:
        raise _wrong(fields.where, "output.range_m must be two distances in metres, the nearer one first")
    if kind == "depth_m":
        if typical_m:
            raise _wrong(fields.where, "output.typical_m says something about inverse_depth only: leave it out")
        return None if range_m is None else Usual(1.0, METRIC_SIGMA, range_m)
    if range_m is not None and not typical_m:
        raise _wrong(fields.where, "output.range_m of an inverse_depth needs output.typical_m too")
    return Usual(typical_m, range_m=range_m) if typical_m else None


_LARGEST_NUMBER = 1e30
_REQUIRED: Final = object()


def _not_zero(value: float) -> bool:
    return value != 0


class _Fields:
    """Reads a card's fields by dotted name and remembers which were asked for."""

    def __init__(self, where: str, table: dict[str, object]) -> None:
        self.where = where
        self._values: dict[str, object] = {}
        for name, value in table.items():
            if name in ("input", "output") and not isinstance(value, dict):
                raise _wrong(where, f"{name} is {_shown(value)}: must be a table, [{name}]")
            if isinstance(value, dict):
                self._values.update({f"{name}.{inner}": inner_value for inner, inner_value in value.items()})
            else:
                self._values[name] = value
        self._asked: set[str] = set()

    def check_all_known(self) -> None:
        """A misspelt field is named, not passed over."""
        for name in self._values:
            if name not in self._asked:
                raise _wrong(self.where, f"{name}: there is no such field; is it misspelt?")

    def text(self, name: str, default: str | None = None) -> str:
        value = self._take(name, _REQUIRED if default is None else default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise _wrong(self.where, f'{name} is {_shown(value)}: must be a text in "quotes"')
        return value

    def choice(self, name: str, *choices: str) -> str:
        value = self._take(name, _REQUIRED)
        if value not in choices:
            raise _wrong(self.where, f"{name} is {_shown(value)}: must be " + " or ".join(f'"{c}"' for c in choices))
        return str(value)

    def flag(self, name: str) -> bool:
        value = self._take(name, False)
        if not isinstance(value, bool):
            raise _wrong(self.where, f"{name} is {_shown(value)}: must be true or false")
        return value

    def number(self, name: str, valid: Callable[[float], bool], rule: str, default: float | None = None) -> float:
        value = self._take(name, _REQUIRED if default is None else default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _wrong(self.where, f"{name} is {_shown(value)}: must be a number")
        if value == default:
            return float(value)
        number = _finite(value)
        if number is None or not valid(number):
            raise _wrong(self.where, f"{name} is {_shown(value)}: {rule}")
        return number

    def whole(self, name: str, lowest: int, highest: int, default: int | None = None) -> int:
        value = self._take(name, _REQUIRED if default is None else default)
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
            raise _wrong(self.where, f"{name} is {_shown(value)}: must be a whole number from {lowest} to {highest}")
        return value

    def three(
        self, name: str, valid: Callable[[float], bool] = math.isfinite, rule: str = "must be finite"
    ) -> tuple[float, float, float]:
        value = self._take(name, _REQUIRED)
        given = value if isinstance(value, list) else []
        if len(given) != 3 or not all(isinstance(v, int | float) and not isinstance(v, bool) for v in given):
            raise _wrong(self.where, f"{name} is {_shown(value)}: must be three numbers, such as [0.0, 0.0, 0.0]")
        numbers = [number for v in given if (number := _finite(v)) is not None and valid(number)]
        if len(numbers) != 3:
            raise _wrong(self.where, f"{name} is {_shown(value)}: {rule}")
        first, second, third = numbers
        return (first, second, third)

    def pair(self, name: str) -> tuple[float, float] | None:
        value = self._take(name, None)
        if value is None:
            return None
        given = value if isinstance(value, list) else []
        numbers = [
            number
            for v in given
            if isinstance(v, int | float) and not isinstance(v, bool) and (number := _finite(v)) is not None
        ]
        if len(given) != 2 or len(numbers) != 2:
            raise _wrong(self.where, f"{name} is {_shown(value)}: must be two numbers, such as [0.2, 20.0]")
        return (numbers[0], numbers[1])

    def _take(self, name: str, default: object) -> object:
        self._asked.add(name)
        value = self._values.get(name, default)
        if value is _REQUIRED:
            raise _wrong(self.where, f"{name} is missing")
        return value


def _finite(value: float) -> float | None:
    """A number as it can be reckoned with in float32, or None."""
    try:
        return float(value) if abs(value) <= _LARGEST_NUMBER else None
    except OverflowError:
        return None


def _shown(value: object) -> str:
    return repr(value)[:60]


def _wrong(where: str, problem: str) -> ModelError:
    return ModelError(f"card {where}: {problem}")
