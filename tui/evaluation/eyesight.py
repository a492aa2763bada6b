"""Tries `tui.sight` on pictures spoiled in known ways: what is found, and what is raised for nothing.

`python -m tui.evaluation.eyesight FOLDER [FOLDER ...] [--every N]` looks at all pictures (.jpg, and .png called
color) below the folders; FOLDER may be a block of a recording. Thresholds are chosen on some, figures come from others.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tui.evaluation.spoiled import MOVES, SPOILERS, noise, warped
from tui.geometry.arrays import RGBImage
from tui.sight.remembered import Remembered
from tui.sight.seen import Seen, VerdictKind
from tui.sight.sight import Sight

ANOTHER = "another picture"
TURNED = "turned and zoomed at random"
PLACES = 12
_STEPS_APART = 37


@dataclass(slots=True)
class Row:
    """What was said of one kind of spoiling."""

    name: str
    wanted: frozenset[VerdictKind]
    looked: int = 0
    right: int = 0
    """With a picture remembered: the wanted verdict, or none where none is wanted."""
    silent: int = 0
    """With a picture remembered: no verdict at all."""
    right_alone: int = 0
    """The same without anything remembered."""
    silent_alone: int = 0
    places: int = 0
    changed: int = 0
    good_motions: int = 0
    errors_in_sigmas: list[float] = field(default_factory=list)
    errors_px: list[float] = field(default_factory=list)
    look_s: list[float] = field(default_factory=list)
    said: dict[str, int] = field(default_factory=dict)

    @property
    def line(self) -> str:
        """The row in words: shares in per cent."""
        share = 100 / max(1, self.looked)
        look_ms = 1e3 * float(np.median(self.look_s or [0]))
        wanted = ", ".join(sorted(self.wanted)) or "nothing"
        errors = ""
        if self.errors_in_sigmas:
            apart = np.array(self.errors_in_sigmas)
            errors = (
                f"  motion good in {share * self.good_motions:.1f}, error {np.median(self.errors_px):.2f} px,"
                f" within 1 / 2 / 3 sigma {100 * (apart < 1).mean():.0f} / {100 * (apart < 2).mean():.0f} /"
                f" {100 * (apart < 3).mean():.1f}"
            )
        return (
            f"{self.name:26} {wanted:26} {share * self.right:6.1f} {share * self.silent:6.1f}"
            f" {share * self.right_alone:6.1f} {share * self.silent_alone:6.1f}"
            f" {100 * self.changed / max(1, self.places):6.1f} {look_ms:6.2f}{errors}"
        )


HEADING = (
    f"{'':26} {'':26} {'with a reference':>13} {'alone':>10}\n"
    f"{'spoiled':26} {'wanted':26} {'right':>6} {'silent':>6} {'right':>6} {'silent':>6} {'change':>6} {'ms':>6}"
)


def rows(pictures: Sequence[RGBImage], seed: int = 0) -> list[Row]:
    """Spoil each picture in each way, and look at it."""
    found = {s.name: Row(s.name, s.kinds) for s in (*SPOILERS, *MOVES)}
    found[TURNED] = Row(TURNED, frozenset({VerdictKind.MOVED, VerdictKind.ZOOMED}))
    found[ANOTHER] = Row(ANOTHER, frozenset({VerdictKind.ANOTHER}))
    for index, picture in enumerate(pictures):
        rng = np.random.default_rng(seed + index)
        height, width = picture.shape[:2]
        places = rng.uniform((0.05 * width, 0.05 * height), (0.95 * width, 0.95 * height), (PLACES, 2))
        remembered = Remembered.of(
            noise(picture, seed + index + 1, sigma=2.0), [(float(u), float(v)) for u, v in places]
        )
        for spoiler in (*SPOILERS, *MOVES):
            spoiled = spoiler.apply(picture, seed + index)
            _look(found[spoiler.name], remembered, spoiled, alone=spoiler in SPOILERS)
        turn = turned(width, height, rng)
        seen = _look(found[TURNED], remembered, noise(warped(picture, turn), seed + index, sigma=2.0), alone=False)
        _errors(found[TURNED], seen, turn, places, width, height)
        other = pictures[(index + _STEPS_APART) % len(pictures)]
        if other.shape == picture.shape and other is not picture:
            _look(found[ANOTHER], remembered, other, alone=False)
    return list(found.values())


def turned(width: int, height: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the homography of a camera of 66 degrees that is turned by a few degrees about any axis, and zooms."""
    focal_px = width / 1.3
    camera = np.array([[focal_px, 0, (width - 1) / 2], [0, focal_px, (height - 1) / 2], [0, 0, 1.0]])
    rotation, _ = cv2.Rodrigues(rng.normal(0, 1, 3) * np.array([0.08, 0.1, 0.05]))
    zoom = float(np.exp(rng.uniform(-0.3, 0.4)))
    return np.asarray(np.diag([zoom, zoom, 1.0]) @ camera @ rotation @ np.linalg.inv(camera) @ _middle(zoom, camera))


def _middle(zoom: float, camera: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the shift that keeps the zoom about the picture's middle."""
    shift = np.eye(3)
    shift[:2, 2] = camera[:2, 2] * (1 / zoom - 1)
    return shift


def _look(row: Row, remembered: Remembered, image: RGBImage, *, alone: bool) -> Seen:
    sight = Sight(live=False)
    sight.remember(remembered)
    sight.look(image, 0.0)  # what is prepared once is not counted
    start_s = time.thread_time()
    seen = sight.look(image, 1.0)
    row.look_s.append(time.thread_time() - start_s)
    kinds = {verdict.kind for verdict in seen.verdicts}
    row.looked += 1
    row.silent += seen.passed
    row.right += bool(kinds & row.wanted) if row.wanted else seen.passed
    row.places += len(seen.changed)
    row.changed += sum(seen.changed)
    said = ", ".join(sorted(kinds))
    row.said[said] = row.said.get(said, 0) + 1
    if alone:
        by_itself = Sight(live=False).look(image, 0.0)
        row.silent_alone += by_itself.passed
        row.right_alone += (
            bool({verdict.kind for verdict in by_itself.verdicts} & row.wanted) if row.wanted else by_itself.passed
        )
    return seen


def _errors(
    row: Row, seen: Seen, truth: NDArray[np.float64], places: NDArray[np.float64], width: int, height: int
) -> None:
    """Note how far the places are from where they are said to be, one axis; only those still in the picture."""
    if seen.motion is None or not np.isfinite(seen.motion.sigma_px):
        return
    row.good_motions += 1
    ones = np.hstack([places, np.ones((len(places), 1))])
    true = ones @ truth.T
    true = true[:, :2] / true[:, 2:]
    said = ones @ seen.motion.homography.T
    said = said[:, :2] / said[:, 2:]
    inside = ((true >= 0) & (true <= (width - 1, height - 1))).all(axis=1)
    apart = np.abs(said - true)[inside]
    row.errors_px.extend(apart.ravel().tolist())
    row.errors_in_sigmas.extend((apart / seen.motion.sigma_px).ravel().tolist())


def _pictures(folders: Iterable[Path], every: int) -> Iterator[RGBImage]:
    for folder in folders:
        paths = sorted(p for p in folder.rglob("*") if p.suffix == ".jpg" or (p.suffix == ".png" and "color" in p.name))
        for path in paths[::every]:
            image = cv2.imread(str(path), cv2.IMREAD_COLOR)
            if image is not None:
                yield np.ascontiguousarray(image[:, :, ::-1], dtype=np.uint8)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--every", type=int, default=1, help="take every Nth picture of a folder")
    parser.add_argument("--said", action="store_true", help="print what else was said of each")
    options = parser.parse_args()
    cv2.setNumThreads(1)  # so that a look's time is this thread's
    pictures = list(_pictures(options.folders, options.every))
    sys.stdout.write(f"{len(pictures)} pictures\n{HEADING}\n")
    for row in rows(pictures):
        sys.stdout.write(row.line + "\n")
        if options.said:
            sys.stdout.write(f"    {row.said}\n")


if __name__ == "__main__":
    main()
