"""What range sensors write: lines of text, and the frames of a TFmini; and how far they may be wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tui.calibration.units import MAX_DISTANCE_M, parse_uncertain
from tui.calibration.written import in_digits, plain, readings
from tui.errors import InputError

_BARE = r"[0-9]+(?:\.[0-9]*)?(?:e[+-]?[0-9]+)?"
_METRES = re.compile(rf"\+?({_BARE})(?:\s*(?:±|\+\s*/?\s*-)\s*({_BARE}))?", re.IGNORECASE)
_MOST_BARE_M = 20.0
"""A bare number above is as likely in another unit, as in all that is typed."""
_LEAST_M = 1e-3
_MOST_LINE_BYTES = 1024
_MOST_SHOWN = 40

_HEAD = b"YY"
_FRAME_BYTES = 9
_LEAST_STRENGTH = 20
_FULL_STRENGTH = 0xFFFF
_NO_DISTANCE_CM = 65500
"""From here on numbers are codes of the sensor: too weak, too much light."""


@dataclass(frozen=True, slots=True)
class RangeSigma:
    """One standard deviation of a sensor's distances: so much of them, and this at least."""

    relative: float
    least_m: float

    def at(self, distance_m: float) -> float:
        """Of a distance."""
        return max(self.relative * distance_m, self.least_m)

    def __str__(self) -> str:
        parts = []
        if self.relative:
            parts.append(f"{in_digits(100 * self.relative, 12)}%")
        if self.least_m:
            parts.append(f"{in_digits(1000 * self.least_m, 12)}mm")
        return ",".join(parts)


USUAL_SIGMA = RangeSigma(0.01, 0.02)
"""Where none is stated: 1 % or 2 cm, whichever is more, what a TFmini and its like are good for."""


@dataclass(frozen=True, slots=True)
class Ranging:
    """One distance that a sensor wrote."""

    distance_m: float
    sigma_m: float | None = None
    """One standard deviation, where it wrote that as well."""


def parse_range_sigma(text: str) -> RangeSigma:
    """`2cm`, `1%`, or `1%,2cm`: whichever is more.

    Raises:
        InputError: it is neither.
    """
    relative = least_m = 0.0
    try:
        for part in plain(text).split(","):
            if part.strip().endswith("%"):
                (percent,) = readings(part.strip()[:-1].strip(), point_divides=True)
                relative = percent / 100
            else:
                least_m, _ = parse_uncertain(part, bare=False)
    except (InputError, ValueError) as error:
        raise InputError(f"±{text}: write a sensor's uncertainty as ±2cm, ±1% or ±1%,2cm") from error
    if not (0 <= relative < 0.5 and relative + least_m > 0):
        raise InputError(f"±{text}: a sensor's uncertainty is above 0 and below 50 %; write ±2cm, ±1% or ±1%,2cm")
    return RangeSigma(relative, least_m)


def parse_range(line: str) -> Ranging:
    """A distance from a line: metres as `1.83`, with a unit as `183cm`, with its standard deviation as `1.83±0.02`.

    Raises:
        InputError: it is none, or a bare number that is hardly in metres.
    """
    text = plain(line).strip()
    bare = _METRES.fullmatch(text)
    if bare is not None and float(bare[1]) <= _MOST_BARE_M:
        distance_m = float(bare[1])
        sigma_m = None if bare[2] is None else float(bare[2])
        if sigma_m is not None and not 0 < sigma_m < distance_m:
            raise InputError(f"'{text}': its uncertainty must be above 0 and smaller than the distance")
    else:
        distance_m, sigma_m = parse_uncertain(text)
    if not _LEAST_M <= distance_m <= MAX_DISTANCE_M:
        raise InputError(f"'{text}' is no distance")
    return Ranging(distance_m, sigma_m)


class RangeStream:
    """Cuts what comes, in pieces of any size, into distances: lines of text, or a TFmini's frames, whichever it is.

    Args:
        joined_late: whether it was writing before anybody listened: what stands before the first end of a line may
            then be half a number, and is passed over.
    """

    def __init__(self, *, joined_late: bool = False) -> None:
        self._held = bytearray()
        self._skips_line = joined_late
        self._binary: bool | None = None
        self.complaint = ""
        """Why the last of what came is no distance; empty if it is one."""

    def feed(self, data: bytes) -> tuple[Ranging, ...]:
        """The distances that are complete with these bytes, in their order."""
        self._held += data
        found: list[Ranging] = []
        if self._binary is not False:
            found += self._frames()
        if self._binary is False or (self._binary is None and not self._may_be_frame()):
            found += self._lines()
        return tuple(found)

    def finish(self) -> tuple[Ranging, ...]:
        """What stands in a last line that nothing ends; only where whoever wrote it is done."""
        return self.feed(b"\n") if self._binary is not True and self._held else ()

    def _may_be_frame(self) -> bool:
        """Whether what is held ends in what may become a frame."""
        return self._held[-_FRAME_BYTES + 1 :].find(_HEAD) >= 0

    def _frames(self) -> list[Ranging]:
        found = []
        held, at = self._held, 0
        while (at := held.find(_HEAD, at)) >= 0 and len(held) - at >= _FRAME_BYTES:
            frame = bytes(held[at : at + _FRAME_BYTES])
            if sum(frame[:-1]) & 0xFF != frame[-1]:
                if self._binary:
                    self.complaint = "frames come with wrong checksums"
                at += 1
                continue
            self._binary = True
            if (ranging := self._of_frame(frame)) is not None:
                found.append(ranging)
            del held[: at + _FRAME_BYTES]
            at = 0
        if self._binary:
            del held[: max(0, len(held) - _FRAME_BYTES + 1) if at < 0 else at]
        return found

    def _of_frame(self, frame: bytes) -> Ranging | None:
        distance_cm = int.from_bytes(frame[2:4], "little")
        strength = int.from_bytes(frame[4:6], "little")
        if distance_cm == 0 or distance_cm >= _NO_DISTANCE_CM or not _LEAST_STRENGTH <= strength < _FULL_STRENGTH:
            self.complaint = f"no echo that counts (signal {strength})"
            return None
        self.complaint = ""
        return Ranging(distance_cm / 100)

    def _lines(self) -> list[Ranging]:
        found: list[Ranging] = []
        *lines, rest = re.split(rb"[\r\n]+", bytes(self._held))
        for line in lines:
            if self._skips_line:
                self._skips_line = False
                continue
            if not line.strip():
                continue
            text = line.decode("utf-8", "replace")
            try:
                if self._binary is None and not _is_text(text):
                    raise InputError("not text")
                found.append(parse_range(text))
            except InputError as error:
                shown = "".join(c if c.isprintable() else " " for c in text).strip()
                cut = shown if len(shown) <= _MOST_SHOWN else f"{shown[:_MOST_SHOWN]}..."
                hint = f"; {error}" if shown and shown[0].isdecimal() and len(shown) <= _MOST_SHOWN else ""
                self.complaint = f"no distance in '{cut}': write lines such as 1.83 or 183cm{hint}"
                continue
            self._binary = False
            self.complaint = ""
        if len(rest) > _MOST_LINE_BYTES:  # no line is that long: what follows up to its end belongs to it
            rest, self._skips_line = b"", True
            self.complaint = f"a line of more than {_MOST_LINE_BYTES} bytes"
        self._held[:] = rest
        return found


def _is_text(line: str) -> bool:
    return all(c.isprintable() or c == "\t" for c in line) and "\ufffd" not in line
