"""What is said of spoiled pictures, counted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from tui.calibration.reading import Reading, Status

_WRONG_BY = math.log(1.25)


@dataclass(frozen=True, slots=True)
class Score:
    """What was said in one case, over all readings of all pictures."""

    case: str
    harmless: bool
    readings: int
    numbers: float
    """Share with a distance."""
    ok: float
    """Share that is ok."""
    wrong_unsaid: float
    """Share that is wrong and ok."""
    doubted: float | None
    """Share of those that were ok before which are not, as something is said against the whole picture: an interval
    that is honestly wider is no such thing. None where it is not harmless."""


@dataclass(frozen=True, slots=True)
class TrustReport:
    """What `evaluate_trust` found."""

    scores: tuple[Score, ...]
    skipped: int
    """Pictures with too little known depth."""

    def to_dict(self) -> dict[str, object]:
        """Plain values that `json` writes."""
        return {"cases": [asdict(each) for each in self.scores], "skipped": self.skipped}

    def table(self) -> str:
        """The report as lines of text."""
        lines = [f"{'case':<28} readings  numbers      ok  wrong, said as ok  doubt for nothing"]
        for each in self.scores:
            doubted = "-" if each.doubted is None else f"{100 * each.doubted:.1f} %"
            shares = f"{100 * each.numbers:6.1f}%  {100 * each.ok:5.1f}%  {100 * each.wrong_unsaid:15.1f} %"
            lines.append(f"{each.case:<28} {each.readings:>8}  {shares}  {doubted:>17}")
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Said:
    """What was said in one case of one picture."""

    case: str
    harmless: bool
    readings: Sequence[Reading]
    true_m: Sequence[float]
    before: Sequence[Reading]
    """At the same pixels before it happened."""
    doubted: bool
    """Whether anything was said against the picture as a whole."""


@dataclass(slots=True)
class Tally:
    """What piles up for one case."""

    harmless: bool
    readings: int = 0
    numbers: int = 0
    ok: int = 0
    wrong: int = 0
    could: int = 0
    doubted: int = 0

    def add(self, said: Said) -> None:
        """Count what was said of one picture."""
        for reading, truth, earlier in zip(said.readings, said.true_m, said.before, strict=True):
            fine = reading.status is Status.OK
            self.readings += 1
            self.numbers += reading.distance_m is not None
            self.ok += fine
            self.wrong += fine and is_wrong(reading, truth)
            if earlier.status is Status.OK:
                self.could += 1
                self.doubted += said.doubted and not fine

    def score(self, case: str) -> Score:
        """The shares."""
        many = max(1, self.readings)
        doubted = self.doubted / self.could if self.harmless and self.could else None
        shares = (self.numbers / many, self.ok / many, self.wrong / many)
        return Score(case, self.harmless, self.readings, *shares, doubted)


def is_wrong(reading: Reading, true_m: float) -> bool:
    """Whether the truth lies outside the interval, and the number is off by more than a quarter."""
    if reading.distance_m is None or reading.low_m is None:
        return False
    inside = reading.low_m <= true_m <= (math.inf if reading.high_m is None else reading.high_m)
    return not inside and abs(math.log(reading.distance_m / true_m)) > _WRONG_BY
