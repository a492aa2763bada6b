"""Which priors fit a network's errors: those under which readings and intervals are best on pictures with true depth.

What is judged is what is shown. An interval's score is how long it is in ln z, and what it falls short of the truth by
times 2 / 0.05 (Gneiting and Raftery, JASA 2007, 6.2): the least mean score have intervals that are as short as they can
be while they hold 95 %. The priors are changed one after the other, each to the best of its neighbours, as long as that
makes the score less; as where this ends depends on where it begins, it begins at what is believed, and at narrower and
wider beliefs. Every recording counts the same, and so does every number of references: what is compared is the
geometric mean, so that hard ones do not outvote the others. A network errs less on pictures that it was trained on, and
others will be shown to it: so the errors of several networks are taken together, to some of which some are new. And not
everybody measures well: from four references on, each picture is judged again with one of them mistaken.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tui.calibration.beliefs import Beliefs
from tui.calibration.degenerate import DegenerateReferences
from tui.calibration.fit import fit
from tui.calibration.reading import Reading, read_all
from tui.calibration.reference import ReferenceSample
from tui.errors import InputError
from tui.evaluation.metrics import Estimate
from tui.evaluation.references import COUNTS, Drawn, draw, given, seed_of
from tui.evaluation.rgbd import RgbdFrame

_SHORT_BY = 2.0 / 0.05
_LONGEST = math.log(1000.0)
"""Of an interval without an upper end, in ln z."""

_STEP = 1.2
_DOUBTED_STEP = 1.5
"""Factors by which a prior is changed; the second for what readings hardly depend on."""

_LEAST_GAIN = 1e-3
"""Of the score: less is chance, and the priors stay what they are."""

_STARTS = (1.0, 1.5, 1.0 / 1.5)
"""Times what is believed of how large errors are, and over which length they change."""

_STARTED = ("across", "noise", "length", "edge, near")

_MISTAKES = (1.0 / 2.0, 2.0 / 3.0, 1.5, 3.281)
"""Times the true distance: something in front, a wrong thing, feet for metres."""

_FEWEST_WITH_MISTAKE = 4
_MOST_ROUNDS = 4
_MOST_PICTURES = 40
"""Of a recording, evenly spread over it."""


@dataclass(frozen=True, slots=True)
class _Prior:
    """One number among the beliefs."""

    step: float
    of: Callable[[Beliefs], float]
    changed: Callable[[Beliefs, float], Beliefs]


_PRIORS = {
    "across": _Prior(_STEP, lambda b: b.across, lambda b, value: replace(b, across=value)),
    "noise": _Prior(_STEP, lambda b: b.noise, lambda b, value: replace(b, noise=value)),
    "freedom": _Prior(_STEP, lambda b: b.freedom, lambda b, value: replace(b, freedom=value)),
    "warp": _Prior(_DOUBTED_STEP, lambda b: b.warp, lambda b, value: replace(b, warp=value)),
    "length": _Prior(_DOUBTED_STEP, lambda b: b.length, lambda b, value: replace(b, length=value)),
    "exponent": _Prior(_DOUBTED_STEP, lambda b: b.exponent or 0.0, lambda b, value: replace(b, exponent=value)),
    "edge, near": _Prior(_STEP, lambda b: b.edge[0], lambda b, value: replace(b, edge=(value, b.edge[1]))),
    "edge, wide": _Prior(_DOUBTED_STEP, lambda b: b.edge[1], lambda b, value: replace(b, edge=(b.edge[0], value))),
}
"""What is found, in this order. The rest says what cannot be told from readings, or tells little."""


@dataclass(frozen=True, slots=True)
class Found:
    """Priors on the way to the best ones."""

    beliefs: Beliefs
    score: float
    """Mean interval score; less is better."""
    changed: str
    """Which of them was changed last; empty for those begun with."""

    def line(self) -> str:
        """'1.2345  across 0.2'."""
        names = [self.changed] if self.changed else list(_PRIORS)
        return f"{self.score:.4f}  " + "; ".join(f"{name} {_PRIORS[name].of(self.beliefs):g}" for name in names)


def draw_recordings(frames: Sequence[RgbdFrame], estimate: Estimate) -> dict[str, list[Drawn]]:
    """Pixels of some pictures, by the recording that they are of: the first folder of their sequence.

    Raises:
        RecordingError: a frame cannot be read.
        InputError: none has enough known depth.
    """
    by_recording: dict[str, list[RgbdFrame]] = {}
    for frame in frames:
        by_recording.setdefault(frame.sequence.split("/")[0], []).append(frame)
    recordings = {}
    for name, of_it in by_recording.items():
        drawn = []
        for frame in of_it[:: math.ceil(len(of_it) / _MOST_PICTURES)]:
            image, depth_m = frame.load()
            found = draw(estimate(image), depth_m, max(COUNTS), seed_of(frame))
            if found is not None:
                drawn.append(found)
        if drawn:
            recordings[name] = drawn
    if not recordings:
        raise InputError("no picture with enough known depth between 0.2 and 20 m")
    return recordings


def find_priors(
    recordings: Mapping[str, Sequence[Drawn]], beliefs: Beliefs, tell: Callable[[Found], None] | None = None
) -> Found:
    """The priors with the least score.

    Args:
        recordings: drawn pixels, by recording.
        beliefs: to begin with.
        tell: called with each that is better than those before.
    """
    found = [_descended(recordings, start, tell or (lambda _: None)) for start in _starts(beliefs)]
    return min(found, key=lambda each: each.score)


def _starts(beliefs: Beliefs) -> Iterator[Beliefs]:
    for factor in _STARTS:
        start = beliefs
        for prior in (_PRIORS[name] for name in _STARTED):
            start = prior.changed(start, float(f"{factor * prior.of(beliefs):.3g}"))
        yield start


def _descended(recordings: Mapping[str, Sequence[Drawn]], start: Beliefs, tell: Callable[[Found], None]) -> Found:
    """The best that is found from one start."""
    best = Found(start, score(recordings, start), "")
    tell(best)
    for _ in range(_MOST_ROUNDS):
        before = best.score
        for name, prior in _PRIORS.items():
            for found in _neighbours(best.beliefs, prior):
                tried = score(recordings, found)
                if tried < best.score - _LEAST_GAIN:
                    best = Found(found, tried, name)
                    tell(best)
        if best.score == before:
            break
    return best


def score(recordings: Mapping[str, Sequence[Drawn]], beliefs: Beliefs, counts: Sequence[int] = COUNTS) -> float:
    """Geometric mean over recordings and numbers of references of the mean interval score of their readings.

    From four references on those with a mistake among them count as well.

    Raises:
        InputError: there is no reading, as no references determine anything.
    """
    judged = [(count, False) for count in counts] + [(count, True) for count in counts if count >= _FEWEST_WITH_MISTAKE]
    found = [
        _score(drawn, count, beliefs, mistaken=mistaken) for drawn in recordings.values() for count, mistaken in judged
    ]
    scores = [each for each in found if each is not None]
    if not scores:
        raise InputError("the references drawn determine no calibration in any picture; give more pictures")
    return math.exp(float(np.mean(np.log(scores))))


def _score(pictures: Sequence[Drawn], count: int, beliefs: Beliefs, *, mistaken: bool = False) -> float | None:
    """Mean over the readings; None if all references are refused."""
    scores: list[float] = []
    for place, drawn in enumerate(pictures):
        references = given(drawn, count)
        if mistaken:
            references[place % count] = _mistaken(references[place % count], _MISTAKES[place % len(_MISTAKES)])
        try:
            calibration = fit(references, beliefs, drawn.context)
        except DegenerateReferences:
            continue
        queries = slice(drawn.references, None)
        readings = read_all(calibration, drawn.samples[queries], drawn.pixels[queries], drawn.context)
        scores += [_interval_score(*each) for each in zip(readings, drawn.distance_m[queries].tolist(), strict=True)]
    return float(np.mean(scores)) if scores else None


def _mistaken(sample: ReferenceSample, times: float) -> ReferenceSample:
    true = sample.reference
    reference = replace(true, distance_m=times * true.distance_m, sigma_m=times * true.sigma_m)
    return replace(sample, reference=reference)


def _interval_score(reading: Reading, true_m: float) -> float:
    if reading.low_m is None:
        return _LONGEST
    high_m = math.inf if reading.high_m is None else reading.high_m
    short_by = max(math.log(reading.low_m / true_m), math.log(true_m / high_m) if true_m > high_m else 0.0, 0.0)
    return min(math.log(high_m / reading.low_m), _LONGEST) + _SHORT_BY * short_by


def _neighbours(beliefs: Beliefs, prior: _Prior) -> Iterator[Beliefs]:
    """The same with one prior a step greater and a step less; none where nothing is believed in the first place."""
    value = prior.of(beliefs)
    if value > 0:
        for factor in (prior.step, 1.0 / prior.step):
            yield prior.changed(beliefs, float(f"{factor * value:.3g}"))
