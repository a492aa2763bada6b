"""Looks at every picture before it is measured in, and says in words what is wrong with it."""

from __future__ import annotations

import threading
import zlib

import numpy as np

from tui.geometry.arrays import RGBImage
from tui.sight.judged import judged, words
from tui.sight.lasting import Lasting
from tui.sight.looks import LEAST_SIDE_PX, Looks, looks, small_pictures
from tui.sight.moved import Compared, Watched
from tui.sight.neighbourhoods import changed_places
from tui.sight.remembered import Place, Remembered
from tui.sight.seen import NO_DISTANCE, NOTHING_SEEN, Motion, Seen, Verdict, VerdictKind

_TIMES_S: dict[VerdictKind, tuple[float, float]] = {
    VerdictKind.DARK: (0.3, 0.4),
    VerdictKind.COVERED: (0.3, 0.4),
    VerdictKind.ANOTHER: (0.6, 0.5),
    VerdictKind.BLURRED: (0.5, 0.5),
    VerdictKind.ZOOMED: (0.4, 0.5),
    VerdictKind.MOVED: (0.4, 0.5),
    VerdictKind.FROZEN: (0.0, 0.2),
}
"""How long something is so before it is said, and before it is taken back; worst first."""
LEAST_S = 1.0
"""No verdict comes and goes faster."""
_CHANGED_S = 0.3
FROZEN_S = 4.0
"""An encoder repeats a frame for less, even where nothing moves."""
FROZEN_LOOKS = 12


class Sight:
    """What is known of one source's pictures. `look` belongs to one thread; `remember` may be called from any.

    `live`: one picture follows another in time, so that what is said has to last; else each is judged by itself.
    `sensor`: the pictures come straight from a camera, whose noise makes no two alike; a clip or a drawn room may well
    stand still without being frozen.
    """

    def __init__(self, *, live: bool, sensor: bool = True) -> None:
        self._live = live
        self._can_freeze = live and sensor
        self._lock = threading.Lock()
        self._pending: list[Remembered | None] = []
        self._forgotten = False
        self._start()

    def remember(self, remembered: Remembered | None) -> None:
        """Compare from now on with the picture that the references were given on; None: with none."""
        with self._lock:
            self._pending = [remembered]

    def forget(self) -> None:
        """Another source: nothing that was seen so far counts, and nothing is remembered."""
        with self._lock:
            self._forgotten = True
            self._pending = []

    def look(self, image: RGBImage, at_s: float) -> Seen:
        """Look at a picture, RGB, uint8, (H, W, 3), taken at `at_s`."""
        self._take_orders()
        height, width = image.shape[:2]
        if min(width, height) < LEAST_SIDE_PX:
            return NOTHING_SEEN
        frozen = self._is_frozen(image, at_s)
        middle, small = small_pictures(image)
        now = looks(middle)
        remembered = self._comparable(width, height)
        then = None if remembered is None else remembered.looks
        bad = judged(now, then, frozenset(kind for kind, lasting in self._said.items() if lasting.on))
        compared = Compared()
        changed: tuple[bool, ...] = ()
        if remembered is not None and self._watched is not None:
            if bad is None:
                compared = self._watched.look(small, at_s, moved=self._moved())
            if bad is None and not compared.another and compared.known:
                changed = changed_places(small, now.brightness, remembered, compared.fit)
        verdicts, suspected = self._verdicts(now, then, bad, compared, at_s, frozen=frozen)
        kinds = {verdict.kind for verdict in verdicts}
        motion = self._motion(compared, kinds)
        if remembered is not None:
            lost = bool(kinds & NO_DISTANCE)
            changed = self._lasting_changes(changed, remembered.places, at_s, lost=lost)
        return Seen(verdicts, motion, changed, suspected)

    def _start(self) -> None:
        self._remembered: Remembered | None = None
        self._scaled: Remembered | None = None
        self._watched: Watched | None = None
        self._said = {
            kind: Lasting(rise_s=rise_s, fall_s=fall_s, least_s=LEAST_S) for kind, (rise_s, fall_s) in _TIMES_S.items()
        }
        self._changes: dict[tuple[float, float], Lasting] = {}
        self._print = 0
        self._same_since_s = 0.0
        self._same_looks = 0
        self._print_at_s: float | None = None

    def _take_orders(self) -> None:
        with self._lock:
            forgotten, self._forgotten = self._forgotten, False
            pending, self._pending = self._pending, []
        if forgotten:
            self._start()
        for remembered in pending:
            before = self._remembered
            self._remembered = remembered
            self._scaled = None
            if remembered is None or before is None or remembered.thumbnail != before.thumbnail:
                self._watched = None
                for kind in (VerdictKind.MOVED, VerdictKind.ZOOMED, VerdictKind.ANOTHER):
                    rise_s, fall_s = _TIMES_S[kind]
                    self._said[kind] = Lasting(rise_s=rise_s, fall_s=fall_s, least_s=LEAST_S)
            known = set() if remembered is None else {(p.u_px, p.v_px) for p in remembered.places}
            self._changes = {at: lasting for at, lasting in self._changes.items() if at in known}

    def _comparable(self, width: int, height: int) -> Remembered | None:
        """Return what is remembered, for pictures of this size; None where their shape is another."""
        remembered = self._remembered
        if remembered is None or not remembered.has_shape(width, height):
            return None
        if self._scaled is None or (self._scaled.width, self._scaled.height) != (width, height):
            self._scaled = remembered.scaled_to(width, height)
            self._watched = None
        if self._watched is None:
            self._watched = Watched(self._scaled.small, width, live=self._live)
        return self._scaled

    def _moved(self) -> bool:
        return self._said[VerdictKind.MOVED].on or self._said[VerdictKind.ZOOMED].on

    def _is_frozen(self, image: RGBImage, at_s: float) -> bool:
        if not self._can_freeze:
            return False
        if self._print_at_s is not None and at_s <= self._print_at_s:
            return self._said[VerdictKind.FROZEN].on  # the same frame is looked at once more
        rows = np.ascontiguousarray(image[:: max(1, image.shape[0] // 64)])
        print_ = zlib.crc32(rows.data)
        if self._print_at_s is None or print_ != self._print:
            self._same_since_s = at_s
            self._same_looks = 0
        self._print = print_
        self._print_at_s = at_s
        self._same_looks += 1
        return at_s - self._same_since_s >= FROZEN_S and self._same_looks >= FROZEN_LOOKS

    def _verdicts(
        self,
        now: Looks,
        then: Looks | None,
        bad: VerdictKind | None,
        compared: Compared,
        at_s: float,
        *,
        frozen: bool,
    ) -> tuple[tuple[Verdict, ...], tuple[VerdictKind, ...]]:
        found: dict[VerdictKind, bool | None] = {
            VerdictKind.DARK: bad is VerdictKind.DARK,
            VerdictKind.COVERED: bad is VerdictKind.COVERED if bad is not VerdictKind.DARK else None,
            VerdictKind.BLURRED: bad is VerdictKind.BLURRED if bad in (None, VerdictKind.BLURRED) else None,
            VerdictKind.FROZEN: frozen,
            VerdictKind.ANOTHER: compared.another if compared.known else None,
            VerdictKind.MOVED: compared.moved if compared.known else None,
            VerdictKind.ZOOMED: compared.zoomed if compared.known else None,
        }
        said = {
            VerdictKind.FROZEN: "frozen camera: the very same frame again and again",
            VerdictKind.ANOTHER: "another scene than the one the references were given in",
            VerdictKind.MOVED: self._watched.moved_words if self._watched else "",
            VerdictKind.ZOOMED: self._watched.zoomed_words if self._watched else "",
        }
        verdicts: list[Verdict] = []
        suspected: list[VerdictKind] = []
        for kind in _TIMES_S:
            so, since_s = self._judge(kind, found[kind], at_s)
            if so:
                verdicts.append(Verdict(kind, said.get(kind) or words(kind, now, then), since_s))
            elif found[kind] and kind in NO_DISTANCE:
                suspected.append(kind)
        return tuple(verdicts), tuple(suspected)

    def _judge(self, kind: VerdictKind, found: bool | None, at_s: float) -> tuple[bool, float]:
        if not self._live:
            return bool(found), at_s
        lasting = self._said[kind]
        return lasting.look(found, at_s), lasting.since_s

    def _motion(self, compared: Compared, kinds: set[VerdictKind]) -> Motion | None:
        if compared.fit is None or not kinds & {VerdictKind.MOVED, VerdictKind.ZOOMED} or self._watched is None:
            return None
        return self._watched.motion(compared.fit)

    def _lasting_changes(
        self, changed: tuple[bool, ...], places: tuple[Place, ...], at_s: float, *, lost: bool
    ) -> tuple[bool, ...]:
        if not self._live:
            return changed or (False,) * len(places)
        out = []
        for index, place in enumerate(places):
            at = (place.u_px, place.v_px)
            lasting = self._changes.get(at)
            if lasting is None:
                lasting = self._changes[at] = Lasting(rise_s=_CHANGED_S, fall_s=_CHANGED_S, least_s=LEAST_S / 2)
            out.append(lasting.look(changed[index] if changed and not lost else None, at_s))
        return tuple(out)
