"""What the benchmark of calibrations finds, as numbers and as a table."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class WayScore:
    """AbsRel of one way, over draws."""

    way: str
    median: float | None
    """Median over draws of a draw's mean |z_hat - z| / z; None where the way gives nothing."""
    mean: float | None


@dataclass(frozen=True, slots=True)
class CountScores:
    """What so many references give."""

    references: int
    draws: int
    ways: tuple[WayScore, ...]
    coverage: float | None
    """Share of readings whose 95 % interval holds the truth."""
    coverage_ok: float | None
    """The same for those labelled ok."""
    coverage_edges: float | None
    """The same for those labelled ok around which 1/z changes by more than e^0.3 within about 15 of 640 px."""
    coverage_flat: float | None
    """The same for those labelled ok around which it changes by less than e^0.02."""
    coverage_outside: float | None
    """The same for those labelled extrapolated."""
    width: float | None
    """Median factor by which intervals reach to each side, the root of upper over lower end; None where they have no
    upper end."""
    unread: int
    """Readings without a distance: saturated."""
    refused: int
    """Pictures whose references were refused as degenerate."""
    set_aside: int
    """References set aside as mistakes, though all are true."""

    def way(self, name: str) -> WayScore:
        """The score of a way by its name."""
        return next(each for each in self.ways if each.way == name)


@dataclass(frozen=True, slots=True)
class ReferenceReport:
    """What `evaluate_references` found."""

    counts: tuple[CountScores, ...]
    skipped: int
    """Pictures with too little known depth or no usable map."""
    suggested: tuple[CountScores, ...] = ()
    """The same from references where the program would have them measured, if that was asked for."""

    def to_dict(self) -> dict[str, object]:
        """Return the report as plain values that `json` writes."""
        found: dict[str, object] = {"counts": [asdict(each) for each in self.counts], "skipped": self.skipped}
        return {**found, "suggested": [asdict(each) for each in self.suggested]} if self.suggested else found

    def table(self) -> str:
        """The report as lines of text."""
        simple = "k p          a p          a p + b      calibrated"
        headings = "coverage (ok, at edges, away from them; extrapolated)  width  refused, set aside"
        lines = [f"references     draws   {simple}   {headings}"]
        for each in self.counts:
            covered = (each.coverage, each.coverage_ok, each.coverage_edges, each.coverage_flat, each.coverage_outside)
            everywhere, ok, edges, flat, outside = (_percent(share) for share in covered)
            ways = "".join(_pair(way) for way in each.ways)
            width = _times(each.width)
            covered_words = f"{everywhere:<7} ({ok}, {edges}, {flat}; {outside})"
            row = f"{each.references:>10}  {each.draws:>8}   {ways}{covered_words:<44}  {width}"
            lines.append(f"{row}  {each.refused}, {each.set_aside}")
        lines.append("AbsRel: median and mean over draws; width: median factor to each side")
        return "\n".join([*lines, *self._beside()])

    def _beside(self) -> list[str]:
        """References at random and where the program suggests them, side by side."""
        if not self.suggested:
            return []
        one, other = (f"{name:<36}" for name in ("at random", "suggested"))
        heading = "median mean   coverage width        "
        lines = ["", f"references   {one}{other}".rstrip(), f"{'':<13}{heading}{heading}".rstrip()]
        for pair in zip(self.counts, self.suggested, strict=True):
            cells = [
                f"{_pair(each.way('calibrated'))} {_percent(each.coverage):<8} {_times(each.width):<12}"
                for each in pair
            ]
            lines.append(f"{pair[0].references:>10}   {''.join(cells)}".rstrip())
        return lines


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"


def _times(factor: float | None) -> str:
    return "-" if factor is None else f"x{factor:.2f}"


def _pair(score: WayScore) -> str:
    return "-            " if score.median is None else f"{score.median:.3f} {score.mean:<6.3f} "
