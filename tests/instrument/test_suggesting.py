"""Where to measure next, asked for again and again."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.instrument.driven import driven
from tui.errors import InputError
from tui.instrument.suggesting import suggestions


def test_the_crosshair_goes_to_the_best_place_then_to_the_next_best() -> None:
    with driven() as held:
        instrument = held.instrument
        instrument.suggest()
        first = (instrument.session.u_px, instrument.session.v_px)
        assert f"{first}: measuring here gives the first distances" in held.said()
        assert suggestions(instrument.session, instrument.reading, 1)[0].pixel == first, (
            "it is the one that the command line prints"
        )
        instrument.suggest()
        second = (instrument.session.u_px, instrument.session.v_px)
        assert second != first
        held.refer(*first)
        held.said()
        instrument.suggest()
        third = (instrument.session.u_px, instrument.session.v_px)
        (best,) = suggestions(instrument.session, instrument.reading, 1)
        assert third == best.pixel, "with a reference it begins anew with the best"
        assert f"narrows the intervals by {100 * best.gain:.0f} %" in held.said()
        assert not instrument.session.pins
        assert len(instrument.session.references) == 1, "nothing is measured by it"


def test_after_the_last_place_it_begins_with_the_best_again() -> None:
    with driven() as held:
        seen: list[tuple[int, int]] = []
        while len(seen) == len(set(seen)):
            held.instrument.suggest()
            seen.append((held.instrument.session.u_px, held.instrument.session.v_px))
            assert len(seen) < 500
        assert len(seen) > 3
        apart = [max(abs(a - c), abs(b - d)) for (a, b), (c, d) in pairwise(seen)]
        assert min(apart) > 0.1 * 64, "each is another place"
        assert seen[-1] == seen[0]


def test_the_next_places_of_a_list_are_as_if_the_first_were_measured() -> None:
    with driven() as held:
        held.refer(10)
        held.refer(50)
        places = suggestions(held.instrument.session, held.instrument.reading, 4)
        assert len({each.pixel for each in places}) == 4
        held.refer(*places[0].pixel)
        assert suggestions(held.instrument.session, held.instrument.reading, 1)[0].gain == pytest.approx(
            places[1].gain, abs=0.1
        )


def test_a_picture_without_a_place_is_said() -> None:
    with driven(size=(4, 4)) as held, pytest.raises(InputError, match="nowhere to measure next"):
        held.instrument.suggest()
