"""A region is outlined at the crosshair: corner after corner, then its name is asked."""

from __future__ import annotations

from collections.abc import Callable

from tui.errors import InputError
from tui.geometry.region import MOST_CORNERS, Corner, Region, check_region_name, checked_region, parse_label
from tui.instrument.instrument import Instrument
from tui.instrument.regions import free_name, with_region, with_region_called
from tui.render.outlines import Outline
from tui.screens.reading_rows import REGION_GLYPH, region_text
from tui.screens.understood import NOT_YET
from tui.widgets.question import Question

REGION = "region"
"""Under which names of regions are remembered."""
_WORDS = "name it; for its median or farthest, NAME:median, NAME:farthest:"
_SHORT = "name, or NAME:median:"
_TO_BE = "?"

Near = Callable[[Corner, Corner], bool]
"""Whether two places cannot be told apart on the screen."""


class Outlining:
    """The corners so far, and what becomes of them.

    Args:
        instrument: gets the region.
        near: decides when the first corner is come back to.
    """

    def __init__(self, instrument: Instrument, near: Near) -> None:
        self._instrument = instrument
        self._near = near
        self._corners: tuple[Corner, ...] = ()
        self._setting: object = None

    @property
    def active(self) -> bool:
        """Whether a region is being outlined: not any more once the picture is another one."""
        if self._corners and self._setting != self._where():
            self._corners = ()
        return bool(self._corners)

    def begin(self) -> None:
        """Put the first corner at the crosshair.

        Raises:
            InputError: there is no picture yet.
        """
        self._instrument.size()
        self._setting = self._where()
        self._corners = (self._crosshair(),)

    def corner(self) -> bool:
        """Put the next corner at the crosshair; at the first or the last one the outline is closed: then True.

        Raises:
            InputError: there are too many, or what is closed encloses nothing.
        """
        here = self._crosshair()
        if len(self._corners) >= 2 and (self._near(here, self._corners[0]) or here == self._corners[-1]):
            self._check()
            return True
        if here != self._corners[-1]:
            if len(self._corners) >= MOST_CORNERS:
                raise InputError(f"{MOST_CORNERS} corners are the most; O closes the region")
            self._corners = (*self._corners, here)
        return False

    def close(self) -> None:
        """Close it, with the crosshair as its last corner.

        Raises:
            InputError: it has one corner, too many, or encloses nothing.
        """
        if len(self._corners) == 1 and self._near(self._crosshair(), self._corners[0]):
            raise InputError("move the crosshair to the opposite corner of a box, or to the next one of a polygon")
        if not self.corner():
            self._check()

    def back(self) -> None:
        """Take the last corner back."""
        self._corners = self._corners[:-1]

    def leave(self) -> None:
        """No region."""
        self._corners = ()

    @property
    def words(self) -> str:
        """How far it has come."""
        count = len(self._corners)
        return f"{REGION_GLYPH} a region, {count} corner{'' if count == 1 else 's'}"

    def outline(self) -> Outline | None:
        """What there would be if the crosshair were the last corner; None while nothing is outlined."""
        if not self.active:
            return None
        here = self._crosshair()
        closed = len(self._corners) > 1 and self._near(here, self._corners[0])
        corners = self._corners if closed or here == self._corners[-1] else (*self._corners, here)
        return Outline(Region(_TO_BE, corners).outline if len(corners) == 2 else corners, REGION_GLYPH)

    def question(self) -> Question:
        """What asks for the name of the region that was closed."""
        corners, default = self._corners, free_name(self._instrument.session.regions)

        def take(text: str) -> None:
            name, statistic = parse_label(text)
            region = Region(name, corners, statistic)
            self._instrument.update(with_region(self._instrument.session, region))
            self.leave()

        def means(text: str) -> str:
            return _understood(self._instrument, text or default, corners)

        return Question(REGION, lambda: _WORDS, default, take, means, lambda: _SHORT, default=default)

    def _check(self) -> None:
        checked_region(Region(_TO_BE, self._corners), *self._instrument.size())

    def _crosshair(self) -> Corner:
        session = self._instrument.session
        return (float(session.u_px), float(session.v_px))

    def _where(self) -> object:
        session, info = self._instrument.session, self._instrument.reading.info
        return session.width, session.height, None if info is None else info.spec


def rename_question(instrument: Instrument, index: int, before: Callable[[str], None]) -> Question:
    """What asks for another name, or another statistic, of the region in row `index` of the regions.

    `before` is called with the name that it had.
    """
    region = instrument.session.regions[index]

    def take(text: str) -> None:
        regions = instrument.session.regions
        if index >= len(regions) or regions[index].corners != region.corners:
            raise InputError(f"region {region.name} is not there any more")
        label = parse_label(text)
        before(region.name)
        instrument.update(with_region_called(instrument.session, index, *label))

    def means(text: str) -> str:
        return _understood(instrument, text, region.corners)

    start = region.written.partition("=")[0]
    return Question(REGION, lambda: f"{region.name} is to be called:", region.name, take, means, start=start)


def _understood(instrument: Instrument, text: str, corners: tuple[Corner, ...]) -> str:
    """What would be read of such a region now."""
    try:
        name, statistic = parse_label(text)
        found = instrument.reading.region(Region(check_region_name(name), corners, statistic))
    except InputError:
        return NOT_YET
    told = region_text(found, instrument.session.unit, compact=True)
    return "  ".join(filter(None, (f"= {name}", told.figure, told.words)))
