"""A number whose shape says how far to trust it.

Digits stop where the 95 % interval makes them mean nothing: the last one is never worth less than a tenth of half the
interval. Where the interval is wider than a factor of 2 its ends stand in the number's place, and beyond a factor of
10 a question mark. Whatever is shown of an interval holds all of it, as its ends are rounded outwards.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from tui.calibration.units import DistanceUnit

WIDEST_RATIO = 2.0
"""Of the ends of an interval that one number can stand for."""
UNKNOWN = "?"
"""What stands for a number of which nothing is known but, perhaps, some bounds."""

HOPELESS_RATIO = 10.0
"""Beyond it no number is shown."""
_ENDS_TOLERANCE = 0.15
"""How far an end of a wide interval may be rounded outwards, relative, to be shown with one digit."""
_SLACK = 1e-9
"""Of a step: what a float may be off without being another number."""
_COARSE, _ALIKE = 1.25, 1.15
"""How much wider an interval may be shown than it is: so that its ends need no digit more than the number, and so that
both sides are said by one."""
_FOOT_IN = 12
_LARGE = 1e7
_FAR_IN_CM = 100.0
"""Metres; from here on nobody counts centimetres."""
_FAR_IN_INCHES = 30.48
"""Metres, 100 feet; from here on nobody counts inches."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and its interval, as they are shown."""

    number: str
    """'1.83 ± 0.09 m'; '3.0 m' where the interval reaches farther to one side; '1 - 3 m'; '?'."""
    short: str
    """The same without what follows the sign: '1.83 m'."""
    interval: str
    """'1.74 - 1.92 m', '0.5 m - no limit', 'up to 12 m'."""
    whole: str
    """The number, and the interval where the number does not tell it: '3.0 m (2.2 - 4.1 m)', '? (0.5 - 12 m)'."""


@dataclass(frozen=True, slots=True)
class _Unit:
    """What a number is counted in; lengths in metres, areas in square metres."""

    size: float
    name: str
    finest: float = 0.0
    """Nothing is shown finer than that, in this unit."""
    feet: bool = False
    """Whether it is inches that are shown as feet and inches."""


@dataclass(frozen=True, slots=True)
class _Grain:
    """What numbers are rounded to: `unit`, in powers of ten."""

    unit: _Unit
    power: int

    @property
    def step(self) -> float:
        return self.unit.size * 10.0**self.power

    def text(self, count: int) -> str:
        """So many steps, without the unit; with it in feet and inches."""
        number = count * 10**self.power if self.power >= 0 else count / 10**-self.power
        decimals = max(0, -self.power)
        if not self.unit.feet:
            return f"{number:.{decimals}f}" if number < _LARGE else f"{number:.4g}"
        feet = math.floor(number / _FOOT_IN + _SLACK)
        inches = f"{abs(number - _FOOT_IN * feet):.{decimals}f} in"
        return f"{feet} ft {inches}" if feet else inches


_M, _CM, _MM = _Unit(1.0, "m", 1e-3), _Unit(0.01, "cm", 0.1), _Unit(0.001, "mm", 0.1)
_FT, _FEET_AND_IN, _IN = _Unit(0.3048, "ft", 0.1), _Unit(0.0254, "in", 0.1, feet=True), _Unit(0.0254, "in", 0.1)
_M2, _CM2 = _Unit(1.0, "m²", 1e-3), _Unit(1e-4, "cm²", 0.1)
_FT2, _IN2 = _Unit(0.3048**2, "ft²", 0.01), _Unit(0.0254**2, "in²", 0.1)


def length(value_m: float, low_m: float | None, high_m: float | None, unit: DistanceUnit) -> Figure:
    """A length with its 95 % interval.

    Args:
        value_m: within the interval.
        low_m: None where nothing is known of it.
        high_m: None where the interval has no upper end.
        unit: the user's; in metres, what is small or well enough known is shown in cm or mm.
    """
    return _figure(value_m, low_m, high_m, unit, area=False)


def area(value_m2: float, low_m2: float | None, high_m2: float | None, unit: DistanceUnit) -> Figure:
    """The same for an area in square metres; below 0.1 m² in cm²."""
    return _figure(value_m2, low_m2, high_m2, unit, area=True)


def _figure(value: float, low: float | None, high: float | None, shown_in: DistanceUnit, *, area: bool) -> Figure:
    if low is None:
        return Figure(UNKNOWN, UNKNOWN, "unknown", f"{UNKNOWN} (unknown)")
    if high is None or not 0 < high <= HOPELESS_RATIO * low:
        words = _bounds(low, high, shown_in, area=area)
        return Figure(UNKNOWN, UNKNOWN, words, f"{UNKNOWN} ({words})")
    if high > WIDEST_RATIO * low:
        unit = _unit_of_range(low, shown_in, area=area)
        words = f"{_outward(low / unit.size, up=False)} - {_outward(high / unit.size, up=True)} {unit.name}"
        return Figure(words, words, words, words)
    half = 0.5 * (high - low)
    return _narrow(value, low, high, _grain(value, half, _unit(value, half, shown_in, area=area)))


def _narrow(value: float, low: float, high: float, grain: _Grain) -> Figure:
    """One number with its interval, whose ends have a digit more where the number's own would widen it much."""
    half, tail = 0.5 * (high - low), "" if grain.unit.feet else f" {grain.unit.name}"
    count = round(value / grain.step)
    inside = (math.ceil(low / grain.step - _SLACK), math.floor(high / grain.step + _SLACK))
    if inside[0] <= inside[1]:
        count = min(max(count, inside[0]), inside[1])
    short = f"{grain.text(count)}{tail}"
    fine, coarse = grain, max(count - math.floor(low / grain.step), math.ceil(high / grain.step) - count)
    if grain.power - 1 >= math.log10(grain.unit.finest) - _SLACK and coarse * grain.step > _COARSE * half:
        fine = _Grain(grain.unit, grain.power - 1)
        count *= 10
    first, last = math.floor(low / fine.step + _SLACK), math.ceil(high / fine.step - _SLACK)
    reach = max(count - first, last - count, 1)
    if reach * fine.step > _ALIKE * half and abs(2 * count - first - last) > 1:
        interval = _from_to(fine, first, last, tail)
        return Figure(short, short, interval, f"{short} ({interval})")
    number = f"{short.removesuffix(tail)} ± {fine.text(reach)}{tail}"
    return Figure(number, short, _from_to(fine, count - reach, count + reach, tail), number)


def _from_to(grain: _Grain, first: int, last: int, tail: str) -> str:
    """An interval with its unit once: '1.74 - 1.92 m', '5 ft 8 - 6 ft 4 in'; but '11 in - 1 ft 2 in'."""
    start = grain.text(first)
    return f"{start.removesuffix(' in') if ' ft ' in start else start} - {grain.text(last)}{tail}"


def _grain(value: float, half: float, unit: _Unit) -> _Grain:
    """The finest power of ten that is worth a tenth of half the interval, and not finer than anybody would read."""
    least = half / (10 * unit.size)
    power = math.ceil(math.log10(least) - _SLACK) if least > 0 else -99
    finest = math.floor(math.log10(unit.finest) + _SLACK)
    small = math.floor(math.log10(value / unit.size) + _SLACK) - 1
    return _Grain(unit, max(power, min(finest, small)))


def _unit(value: float, half: float, shown_in: DistanceUnit, *, area: bool) -> _Unit:
    """For a number that is known within `half`."""
    if area:
        return _unit_of_area(value, shown_in)
    if shown_in is DistanceUnit.FEET:
        if half > 10 * _IN.size or value >= _FAR_IN_INCHES:
            return _FT
        return _FEET_AND_IN if value >= _FT.size * (1 - _SLACK) else _IN
    if shown_in is DistanceUnit.CENTIMETRES:
        return _CM if value < _FAR_IN_CM else _M
    if value < 1 and half <= 10 * _MM.size * (1 + _SLACK):
        return _MM
    return _M if value >= 0.1 else _CM


def _unit_of_area(value_m2: float, shown_in: DistanceUnit) -> _Unit:
    if shown_in is DistanceUnit.FEET:
        return _FT2 if value_m2 >= _FT2.size else _IN2
    return _M2 if value_m2 >= 0.1 else _CM2


def _unit_of_range(low: float, shown_in: DistanceUnit, *, area: bool) -> _Unit:
    """For both ends of an interval that begins there."""
    if area:
        return _unit_of_area(low, shown_in)
    if shown_in is DistanceUnit.FEET:
        return _FT if low >= 3 * _FT.size else _IN
    if shown_in is DistanceUnit.CENTIMETRES:
        return _CM if low < _FAR_IN_CM else _M
    return _M if low >= 0.1 else _CM if low >= 0.01 else _MM


def _outward(number: float, *, up: bool) -> str:
    """An end of a wide interval: one digit where that moves it by little, else two."""
    tens = math.floor(math.log10(number))
    for power in (tens, tens - 1):
        steps = number / 10.0**power
        count = math.ceil(steps - _SLACK) if up else math.floor(steps + _SLACK)
        if abs(count / steps - 1) <= _ENDS_TOLERANCE:
            break
    rounded = count * 10**power if power >= 0 else count / 10**-power
    return f"{rounded:.{max(0, -power)}f}" if rounded < _LARGE else f"{rounded:.2g}"


def _bounds(low: float, high: float | None, shown_in: DistanceUnit, *, area: bool) -> str:
    """What is known of a number that could be anything between them."""
    if high is not None and high <= 0:
        return f"0 {_unit_of_range(1.0, shown_in, area=area).name}"
    end = "no limit"
    if high is not None:
        unit = _unit_of_range(high, shown_in, area=area)
        end = f"{_outward(high / unit.size, up=True)} {unit.name}"
    if low <= 0 or (high is not None and low < 1e-3 * high):
        return "nothing known" if high is None else f"up to {end}"
    unit = _unit_of_range(low, shown_in, area=area)
    start = f"{_outward(low / unit.size, up=False)} {unit.name}"
    return f"{start.removesuffix(f' {unit.name}') if end.endswith(f' {unit.name}') else start} - {end}"


def offset(value_m: float, low_m: float, high_m: float, unit: DistanceUnit) -> str:
    """A height, which may be 0 or negative: '0.43 ± 0.03 m', '-12 ± 4 mm'; its digits stop where a length's do."""
    half = max(high_m - value_m, value_m - low_m, 1e-6)
    most = max(abs(value_m), half)
    if unit is DistanceUnit.FEET:
        shown = _FT if half > 10 * _IN.size else _IN
    else:
        shown = _CM if unit is DistanceUnit.CENTIMETRES or most < 0.1 else _M
    power = max(math.ceil(math.log10(half / (10 * shown.size)) - _SLACK), round(math.log10(shown.finest)))
    step, decimals = shown.size * 10.0**power, max(0, -power)
    count = round(value_m / step)
    reach = max(math.ceil(high_m / step - _SLACK) - count, count - math.floor(low_m / step + _SLACK), 1)
    number, around = (f"{each * 10.0**power:.{decimals}f}" for each in (count, reach))
    return f"{number} ± {around} {shown.name}"
