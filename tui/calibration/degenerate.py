"""References that determine no calibration: which ones, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import NoReturn

from tui.calibration.reference import Reference, ReferenceSample
from tui.errors import InputError

_SAME = 1e-6
"""Numbers whose range is below this share of their size are one number: about the resolution of a float32 map."""


_GROSS = 1.25
"""Ratio of two distances from which a wrong order is no accident."""


class DegenerateReferences(InputError):
    """References that cannot be fitted; the message names them, as does `references`."""

    def __init__(self, message: str, references: Iterable[Reference]) -> None:
        super().__init__(message)
        self.references = tuple(references)


class Contradiction(DegenerateReferences):
    """References that each may be right, but not together: a further one may tell which is wrong."""


def check_single(sample: ReferenceSample) -> None:
    """One reference fits the scale alone, which needs a map value above 0.

    Raises:
        DegenerateReferences: if it is not.
    """
    if sample.sample.value <= 0:
        raise DegenerateReferences(
            f"reference {sample.reference}: the map's value there is {sample.sample.value:.3g}, and a single "
            "reference needs one above 0; add a second reference",
            [sample.reference],
        )


def check_not_flat(samples: Sequence[ReferenceSample], low: float, high: float) -> None:
    """A map whose values do not differ tells nothing apart.

    Raises:
        DegenerateReferences: if its range is empty.
    """
    if _all_same([low, high]):
        raise DegenerateReferences(
            f"the map has the same value {low:.4g} everywhere: no reference can be fitted to it; "
            "is the lens covered, is this the right model?",
            [each.reference for each in samples],
        )


def check_told_apart(samples: Sequence[ReferenceSample], *, same_distance_will_do: bool) -> None:
    """Two or more references need two map values at least, and without a prior two distances.

    With a prior those that lie within a quarter of each other need neither.

    Raises:
        DegenerateReferences: if all have the same one.
    """
    references = [each.reference for each in samples]
    values = [each.sample.value for each in samples]
    distances_m = [reference.distance_m for reference in references]
    if _all_same(values) and same_distance_will_do and max(distances_m) <= _GROSS * min(distances_m):
        return  # a sheet, over which a coarse map shows no difference: one reference in all but name
    if _all_same(values):
        one_pixel = len({reference.pixel for reference in references}) == 1
        why = "lie on the same pixel" if one_pixel else f"have the same value {values[0]:.4g} on the map"
    elif _all_same(distances_m) and not same_distance_will_do:
        why = f"are all {distances_m[0]:.3g} m away"
    else:
        return
    raise DegenerateReferences(
        f"references {_names(references)} {why}; choose points at clearly different distances", references
    )


def check_order(samples: Sequence[ReferenceSample]) -> None:
    """Nearer things must have larger map values: the slope by least squares of relative errors must be above 0.

    Raises:
        DegenerateReferences: if it is not; names the pair that contradicts the map most.
    """
    if len(samples) > 1 and _slope(samples) <= 0:
        _refuse_order(samples)


def check_grossly(samples: Sequence[ReferenceSample]) -> None:
    """As `check_order`, but a wrong order by less than a quarter will do: a network's errors explain it.

    Raises:
        DegenerateReferences: if the order is wrong by more.
    """
    if len(samples) > 1 and _slope(samples) <= 0:
        near, far = _most_contradicting(samples)
        if _distance_m(far) > _GROSS * _distance_m(near):
            _refuse_order(samples)


def _slope(samples: Sequence[ReferenceSample]) -> float:
    """A of 1/z = a p + b by least squares of relative errors, up to a factor above 0."""
    z_m = [_distance_m(each) for each in samples]
    p = [each.sample.value for each in samples]
    weight = sum(z * z for z in z_m)
    middle = sum(z * z * value for z, value in zip(z_m, p, strict=True)) / weight
    return sum(z * (value - middle) for z, value in zip(z_m, p, strict=True))


def _most_contradicting(samples: Sequence[ReferenceSample]) -> tuple[ReferenceSample, ReferenceSample]:
    """Nearer one first."""
    return max(combinations(sorted(samples, key=_distance_m), 2), key=_contradiction)


def _refuse_order(samples: Sequence[ReferenceSample]) -> NoReturn:
    near, far = _most_contradicting(samples)
    raise Contradiction(
        f"references {near.reference} and {far.reference} are in the wrong order: the map has the first one farther "
        f"({near.sample.value:.4g} < {far.sample.value:.4g}); check both distances and pixels; a further "
        "reference tells which is wrong",
        [near.reference, far.reference],
    )


def _all_same(values: Sequence[float]) -> bool:
    return max(values) - min(values) <= _SAME * max(abs(value) for value in values)


def _distance_m(sample: ReferenceSample) -> float:
    return sample.reference.distance_m


def _contradiction(pair: tuple[ReferenceSample, ReferenceSample]) -> float:
    """How badly a nearer and a farther reference contradict the map; above 0 if they do."""
    near, far = pair
    return (far.sample.value - near.sample.value) * (_distance_m(far) / _distance_m(near) - 1.0)


def _names(references: Sequence[Reference]) -> str:
    *first, last = [str(reference) for reference in references]
    return f"{', '.join(first)} and {last}"
