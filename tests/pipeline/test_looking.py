"""Every frame is looked at before it is estimated, once, with eyes of its source's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from tests.fakes import RampEstimator, SteppableSource, Told, opener, ramp_image, wait_until
from tui.camera.frame import SourceInfo
from tui.geometry.arrays import RGBImage
from tui.pipeline.inference import DepthResult
from tui.pipeline.pipeline import Pipeline
from tui.sight.remembered import Remembered
from tui.sight.seen import NOTHING_SEEN, Seen, Verdict, VerdictKind
from tui.targets.observer import Observed


class Eyes(Told):
    """Writes down what it was asked."""

    def __init__(self, *, live: bool, sensor: bool = False) -> None:
        super().__init__(live=live, sensor=sensor, sees=self._see)
        self.asked: list[tuple[int, Remembered | None]] = []
        self.forgot = 0

    def forget(self) -> None:
        super().forget()
        self.forgot += 1

    def _see(self, image: RGBImage, remembered: Remembered | None) -> Seen:
        blue = int(image[0, 0, 2])
        self.asked.append((blue, remembered))
        return Seen((Verdict(VerdictKind.DARK, f"dark: {blue}", 0.0),)) if blue > 9 else NOTHING_SEEN


@contextmanager
def looking() -> Iterator[tuple[Pipeline, list[Eyes], Callable[[SteppableSource, int], DepthResult]]]:
    eyes: list[Eyes] = []

    def looker(*, live: bool, sensor: bool = False) -> Eyes:
        eyes.append(Eyes(live=live, sensor=sensor))
        return eyes[-1]

    pipeline = Pipeline(lambda: None, looker)
    pipeline.want(float("inf"))
    pipeline.start()
    pipeline.load("ramp", lambda _progress: RampEstimator())

    def show(source: SteppableSource, blue: int) -> DepthResult:
        source.give(ramp_image(blue))

        def arrived() -> bool:
            result = pipeline.snapshot().result
            return result is not None and int(result.frame.image[0, 0, 2]) == blue

        wait_until(arrived, f"picture {blue} is estimated")
        result = pipeline.snapshot().result
        assert result is not None
        return result

    try:
        yield pipeline, eyes, show
    finally:
        pipeline.stop()


def test_what_was_seen_travels_with_the_map_and_what_it_was_compared_with() -> None:
    with looking() as (pipeline, eyes, show):
        source = SteppableSource("camera 0")
        pipeline.open(opener(source))
        assert show(source, 1).seen is NOTHING_SEEN
        assert show(source, 10).seen.verdicts[0].words == "dark: 10"
        remembered = Remembered.of(ramp_image(1), [(3, 4)])
        pipeline.remember(remembered)
        result = show(source, 2)
        assert result.compared_with is remembered
        assert eyes[0].asked == [(1, None), (10, None), (2, remembered)]
        assert eyes[0].live


def test_a_frame_that_is_estimated_anew_is_not_looked_at_again() -> None:
    with looking() as (pipeline, eyes, show):
        source = SteppableSource("camera 0")
        pipeline.open(opener(source))
        first = show(source, 1)
        pipeline.observe(lambda _image: Observed())
        wait_until(lambda: pipeline.snapshot().result is not first, "it is estimated once more")
        assert [blue for blue, _ in eyes[0].asked] == [1]


def test_another_source_is_looked_at_with_other_eyes_and_a_still_by_itself() -> None:
    with looking() as (pipeline, eyes, show):
        first = SteppableSource("camera 0")
        pipeline.open(opener(first))
        show(first, 1)
        show(first, 2)
        folder = SteppableSource("folder/")
        folder.info = SourceInfo("folder/", "folder/", live=False, still=True)
        pipeline.open(opener(folder))
        remembered = Remembered.of(np.zeros((48, 64, 3), np.uint8), [(3, 4)])
        pipeline.remember(remembered)
        for blue in (3, 4):
            show(folder, blue)
        assert [each.live for each in eyes] == [True, False]
        assert eyes[0].forgot == 0
        assert eyes[1].forgot == 2
        assert eyes[1].asked == [(3, remembered), (4, remembered)], "compared all the same"
