"""What the instrument says when something is wrong: pictures, references and cameras spoiled on purpose.

Each picture with true depth is shown to the whole instrument, as a camera would; some of its pixels are given as
references, others are read. Then something happens: the lens is covered, the view moves, a number was mistyped. What
counts is which wrong numbers are said without a doubt, and on what is harmless (another exposure, a walker, noise)
how often doubt is raised for nothing.

A number is wrong if the truth lies outside its 95 % interval and it is off by more than a quarter. It is said without
a doubt if its status is ok.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tui.calibration.reading import Reading
from tui.calibration.reference import Reference
from tui.depth.estimator import DepthEstimator
from tui.evaluation.metrics import known_pixels
from tui.evaluation.pasted import TARGET, Sheet
from tui.evaluation.rgbd import RgbdFrame
from tui.evaluation.showing import Showing, showing
from tui.evaluation.spoiled import SPOILERS, Spoiler, walker
from tui.evaluation.trust_report import Said, Tally, TrustReport
from tui.geometry.arrays import FloatMap, RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.instrument.session import Session
from tui.targets.spec import parse_target

_SIGMA = 0.01
_QUERIES = 40
_BEFORE, _AFTER = 3, 8
"""Pictures shown before and after it happens, half a second apart."""
_SENSOR_GREY = 1.5
_WALKER, _WALKER_STOPS = 0.3, 0.6
"""Width of somebody who walks through, and where they stop, shares of the picture's width."""
_HIDDEN_GREY, _NEAR_PX = 12, 20
_MARGIN_PX = 120
"""Of a 640 px wide picture: what a moved view shows that was not in sight."""

TYPOS = (10.0, 0.1, 100.0, 0.01, 3.28, 0.3048, 2.54, 1 / 2.54)
SWAPPED = (("markers, a camera 0.7 times as long", 0.7), ("markers, a camera 1.4 times as long", 1.4))
_FOV_RAD = math.radians(62)
_SHEET = Sheet(0.9, math.radians(35))
UNITS = (("feet for metres", 3.28), ("centimetres for metres", 100.0))


@dataclass(frozen=True, slots=True)
class _View:
    """A picture and its truth."""

    image: RGBImage
    depth_m: FloatMap

    def cropped(self, left: int, top: int, width: int, height: int) -> _View:
        part = np.s_[top : top + height, left : left + width]
        return _View(np.ascontiguousarray(self.image[part]), self.depth_m[part])


def evaluate_trust(
    frames: Sequence[RgbdFrame],
    estimator: DepthEstimator,
    references: int = 8,
    progress: Callable[[RgbdFrame], None] | None = None,
) -> TrustReport:
    """Spoil each of `frames` in every way, and read it.

    Args:
        frames: pictures with true depth; another one of them stands for another scene.
        estimator: the network; it stays open.
        references: how many are given.
        progress: called with each frame before it is looked at.

    Raises:
        RecordingError: a frame cannot be read.
        ValueError: no frame has enough known depth.
    """
    tallies: dict[str, Tally] = {}
    skipped = 0
    loaded = [_View(*frame.load()) for frame in frames[:1]]
    for number, frame in enumerate(frames):
        if progress is not None:
            progress(frame)
        view = loaded.pop()
        other = _View(*frames[(number + len(frames) // 2) % len(frames)].load())
        if number + 1 < len(frames):
            loaded.append(_View(*frames[number + 1].load()))
        seed = zlib.crc32(f"{frame.sequence}/{frame.name}".encode())
        scene = _Scene.of(view, other, references, seed)
        if scene is None:
            skipped += 1
            continue
        for said in scene.cases(estimator):
            tallies.setdefault(said.case, Tally(said.harmless)).add(said)
    if not tallies:
        raise ValueError("no picture with enough known depth between 0.2 and 20 m")
    return TrustReport(tuple(tally.score(case) for case, tally in tallies.items()), skipped)


@dataclass(frozen=True, slots=True)
class _Scene:
    """One picture, what is given of it and what is asked."""

    view: _View
    whole: _View
    """More of the scene than the view shows, for a camera that moves."""
    other: _View
    references: tuple[Reference, ...]
    asked_px: tuple[tuple[int, int], ...]
    seed: int

    @classmethod
    def of(cls, whole: _View, other: _View, references: int, seed: int) -> _Scene | None:
        height, width = whole.depth_m.shape
        margin = round(_MARGIN_PX * width / 640)
        view = whole.cropped(0, 0, width - margin, height)
        rows, columns = np.nonzero(known_pixels(view.depth_m))
        if rows.size < 1000:
            return None
        chosen = np.random.default_rng(seed).choice(rows.size, references + _QUERIES, replace=False)
        pixels = tuple((int(columns[place]), int(rows[place])) for place in chosen)
        known = tuple(
            Reference(u_px, v_px, distance, _SIGMA * distance)
            for u_px, v_px in pixels[:references]
            for distance in [float(view.depth_m[v_px, u_px])]
        )
        return cls(view, whole, other, known, pixels[references:], seed)

    def cases(self, estimator: DepthEstimator) -> Iterator[Said]:
        """Every case of this picture."""
        for spoiler in SPOILERS:
            if not spoiler.name.startswith("walker"):
                yield self._happens(estimator, spoiler)
        yield self._passes(estimator)
        height, width = self.view.depth_m.shape
        for px in (40, 120):
            moved = self.whole.cropped(round(px * self.whole.depth_m.shape[1] / 640), 0, width, height)
            yield self._turns(estimator, f"turned by {px} px", moved)
        for factor in (1.1, 1.5):
            yield self._turns(estimator, f"zoomed by {factor}", _zoomed(self.view, factor))
        yield self._turns(estimator, "another scene", _fitted(self.other, width, height))
        yield from self._mistyped(estimator)
        for name, factor in (("markers, their camera", 1.0), *SWAPPED):
            yield self._measured_by(estimator, name, factor)

    def _happens(self, estimator: DepthEstimator, spoiler: Spoiler) -> Said:
        with showing(estimator) as instrument:
            before = self._begin(instrument)
            for number in range(_AFTER):
                instrument.show(spoiler.apply(self.view.image, self.seed + number))
            readings = instrument.read(self.asked_px)
            return Said(spoiler.name, spoiler.honest, readings, self._truth(self.view), before, instrument.doubted)

    def _passes(self, estimator: DepthEstimator) -> Said:
        """Somebody walks through and stands there; what is behind them is not asked for."""
        image = self.view.image
        with showing(estimator) as instrument:
            before = self._begin(instrument)
            for number in range(_AFTER):
                seen = walker(image, self.seed, share=_WALKER, place=_WALKER_STOPS * number / (_AFTER - 1))
                instrument.show(self._noisy(seen, _BEFORE + number))
            readings, doubted = instrument.read(self.asked_px), instrument.doubted
        hidden = np.abs(seen.astype(np.int16) - image).max(axis=-1) > _HIDDEN_GREY
        asked = [place for place, (u_px, v_px) in enumerate(self.asked_px) if not _near(hidden, u_px, v_px)]
        true_m = self._truth(self.view)
        kept = [[every[each] for each in asked] for every in (readings, before)]
        return Said("somebody walks through", True, kept[0], [true_m[each] for each in asked], kept[1], doubted)

    def _turns(self, estimator: DepthEstimator, name: str, seen: _View) -> Said:
        with showing(estimator) as instrument:
            before = self._begin(instrument)
            for number in range(_AFTER):
                instrument.show(self._noisy(seen.image, _BEFORE + number))
            known = known_pixels(seen.depth_m)
            asked = [place for place, (u, v) in enumerate(self.asked_px) if known[v, u]]
            readings = instrument.read([self.asked_px[place] for place in asked])
        true_m = self._truth(seen)
        return Said(
            name, False, readings, [true_m[each] for each in asked], [before[each] for each in asked], doubted=True
        )

    def _mistyped(self, estimator: DepthEstimator) -> Iterator[Said]:
        """One wrong number at each place of the order in turn, then all of them in another unit."""
        random = np.random.default_rng(self.seed)
        with showing(estimator) as instrument:
            instrument.show(self._noisy(self.view.image, 0))
            empty = instrument.instrument.session
            for count in (4, len(self.references)):
                for factor in TYPOS:
                    place = int(random.integers(count))
                    wrong = [
                        _times(each, factor if at == place else 1) for at, each in enumerate(self.references[:count])
                    ]
                    instrument.instrument.update(empty)
                    instrument.give(wrong)
                    readings = instrument.read(self.asked_px)
                    yield Said(f"a typo among {count}", False, readings, self._truth(self.view), readings, doubted=True)
            for name, factor in UNITS:
                instrument.instrument.update(empty)
                instrument.give([_times(each, factor) for each in self.references])
                readings = instrument.read(self.asked_px)
                yield Said(name, False, readings, self._truth(self.view), readings, doubted=True)

    def _measured_by(self, estimator: DepthEstimator, name: str, factor: float) -> Said:
        """A sheet of markers is in sight; the intrinsics are those of its camera, or of another one."""
        height, width = self.view.depth_m.shape
        camera = Intrinsics.from_horizontal_fov(_FOV_RAD, width, height, focal_sigma=0.01)
        image, truth_m, sheet = _SHEET.put_into(self.view.image, self.view.depth_m, camera)
        believed = replace(camera, fx_px=factor * camera.fx_px, fy_px=factor * camera.fy_px)
        rows, columns = np.nonzero(sheet)
        chosen = np.random.default_rng(self.seed).choice(rows.size, _QUERIES, replace=False)
        asked_px = [(int(columns[place]), int(rows[place])) for place in chosen]
        session = Session(targets=(parse_target(TARGET, "marker"),))
        with showing(estimator, session) as instrument:
            for number in range(_BEFORE + 1):
                instrument.show(self._noisy(image, number))
                if number == 0:
                    instrument.instrument.use_camera(believed)
            readings, doubted = instrument.read(asked_px), instrument.doubted
        true_m = [float(truth_m[v_px, u_px]) for u_px, v_px in asked_px]
        return Said(name, factor == 1.0, readings, true_m, readings, doubted)

    def _begin(self, instrument: Showing) -> tuple[Reading, ...]:
        """The good picture, its references, and what is read then."""
        for number in range(_BEFORE):
            instrument.show(self._noisy(self.view.image, number))
            if number == 0:
                instrument.give(self.references)
        return instrument.read(self.asked_px)

    def _truth(self, seen: _View) -> list[float]:
        return [float(seen.depth_m[v_px, u_px]) for u_px, v_px in self.asked_px]

    def _noisy(self, image: RGBImage, number: int) -> RGBImage:
        noise = np.random.default_rng((self.seed, number)).normal(0, _SENSOR_GREY, image.shape)
        noisy: RGBImage = np.clip(np.rint(image + noise), 0, 255).astype(np.uint8)
        return noisy


def _times(reference: Reference, factor: float) -> Reference:
    return replace(reference, distance_m=factor * reference.distance_m, sigma_m=factor * reference.sigma_m)


def _zoomed(view: _View, factor: float) -> _View:
    height, width = view.depth_m.shape
    across, down = round(width / factor), round(height / factor)
    return _fitted(view.cropped((width - across) // 2, (height - down) // 2, across, down), width, height)


def _fitted(view: _View, width: int, height: int) -> _View:
    import cv2

    image = cv2.resize(view.image, (width, height), interpolation=cv2.INTER_LINEAR)
    depth_m = cv2.resize(view.depth_m, (width, height), interpolation=cv2.INTER_NEAREST)
    return _View(np.asarray(image, dtype=np.uint8), np.asarray(depth_m, dtype=np.float32))


def spread_over(frames: Iterable[RgbdFrame], most: int) -> tuple[RgbdFrame, ...]:
    """At most so many of the frames, evenly spread."""
    every = tuple(frames)
    if len(every) <= most:
        return every
    return tuple(every[place] for place in np.linspace(0, len(every) - 1, most).round().astype(int).tolist())


def _near(hidden: NDArray[np.bool_], u_px: int, v_px: int) -> bool:
    """Whether something hides a pixel, or stands beside it: the network's edges are not the picture's."""
    around = np.s_[max(0, v_px - _NEAR_PX) : v_px + _NEAR_PX + 1, max(0, u_px - _NEAR_PX) : u_px + _NEAR_PX + 1]
    return bool(hidden[around].mean() > 0.02)
