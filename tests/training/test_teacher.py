import cv2
import hypothesis.extra.numpy as hnp
import numpy as np
import pytest

pytest.importorskip("torch", reason="the extra 'train' is not installed")

from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tui.depth.estimator import ModelIdentity
from tui.evaluation.metrics import align
from tui.geometry.arrays import FloatMap, RGBImage
from tui.training.augment import paste, sample
from tui.training.batches import Batches, Kind
from tui.training.data import Picture
from tui.training.teacher import low_pass, teach

HEIGHT, WIDTH = 60, 80


class Teacher:
    """Says, in its own scale and shift, the inverse depth that the picture's red channel holds."""

    identity = ModelIdentity("teacher", "0")
    engine = "none"
    notes = ()

    def __init__(self, lean: float = 0.0) -> None:
        self.lean = lean

    def estimate(self, image: RGBImage) -> FloatMap:
        relative = image[..., 0] / np.float32(255) * 7 - 2
        x: NDArray[np.float32] = np.linspace(-1, 1, image.shape[1], dtype=np.float32)
        return (relative + self.lean * x).astype(np.float32)

    def close(self) -> None: ...


def view() -> Picture:
    """A sample: its depth is half as large as its picture."""
    y, x = np.mgrid[: HEIGHT // 2, : WIDTH // 2]
    red = (150 + 50 * np.sin(x / 6) + 50 * np.cos(y / 4)).astype(np.uint8)
    image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    image[..., 0] = red.repeat(2, 0).repeat(2, 1)
    return Picture(image, (255.0 / red).astype(np.float32))


def recorded() -> Picture:
    """A picture as read: its depth is as large as itself."""
    half = view()
    return Picture(half.image, half.depth_m.repeat(2, 0).repeat(2, 1), recorded=True)


def test_a_teacher_speaks_in_metres_whatever_its_scale() -> None:
    taught = teach(view(), [Teacher()])

    assert taught.teacher_m is not None
    np.testing.assert_allclose(taught.teacher_m, taught.depth_m, rtol=1e-4)


def test_what_is_learnt_lies_halfway_between_the_truth_and_the_teacher() -> None:
    taught = teach(view(), [Teacher(lean=0.5)])

    assert taught.teacher_m is not None
    learnt = np.log(taught.depth_m / taught.teacher_m)
    relative = Teacher(lean=0.5).estimate(view().image)[::2, ::2]
    scale, shift = align(relative.ravel(), taught.depth_m.ravel())
    said = np.log((scale * relative + shift) * taught.depth_m)
    # the deviation is as wide as the picture, so the low-pass filter takes little of it
    assert np.median(learnt[said > 0.05] / said[said > 0.05]) == pytest.approx(0.5, abs=0.05)


def test_what_two_teachers_err_in_opposite_directions_is_averaged_away() -> None:
    taught = teach(view(), [Teacher(lean=0.5), Teacher(lean=-0.5)])

    assert taught.teacher_m is not None
    alone = teach(view(), [Teacher(lean=0.5)]).teacher_m
    assert alone is not None
    together_error, alone_error = (np.abs(1 / said - 1 / taught.depth_m).mean() for said in (taught.teacher_m, alone))
    assert together_error < 0.25 * alone_error


def test_a_teachers_soft_edge_leaves_the_truths_edge_sharp() -> None:
    class Soft(Teacher):
        def estimate(self, image: RGBImage) -> FloatMap:
            return np.asarray(cv2.GaussianBlur(super().estimate(image), (0, 0), 3), np.float32)

    red = np.full((HEIGHT, WIDTH), 60, np.uint8)
    red[:, WIDTH // 2 :] = 200
    image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    image[..., 0] = red
    taught = teach(Picture(image, (255.0 / red[::2, ::2]).astype(np.float32)), [Soft()])

    assert taught.teacher_m is not None
    row, edge = taught.teacher_m[HEIGHT // 4], WIDTH // 4
    assert row[edge - 1] / row[edge] > 0.8 * 200 / 60


@given(hnp.arrays(np.bool_, (12, 16)), st.floats(-3, 3))
def test_smoothing_keeps_what_is_equal_everywhere(known: NDArray[np.bool_], value: float) -> None:
    known[6, 8] = True
    smooth = low_pass(np.where(known, np.float32(value), np.float32(99)), known)

    near = cv2.dilate(known.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    np.testing.assert_allclose(smooth[near], value, atol=1e-4)


def test_what_a_teacher_leaves_out_is_unknown_and_too_little_truth_is_not_taught() -> None:
    class Blind(Teacher):
        def estimate(self, image: RGBImage) -> FloatMap:
            said = super().estimate(image)
            said[:10] = np.nan
            return said

    given = view()
    taught = teach(given, [Blind()])
    assert taught.teacher_m is not None
    assert not taught.teacher_m[:5].any()
    assert taught.teacher_m[5:].all()
    sparse = np.zeros_like(given.depth_m)
    sparse[:5] = given.depth_m[:5]
    assert teach(Picture(given.image, sparse), [Teacher()]).teacher_m is None


def test_teachers_see_the_sample_in_its_own_colours_and_only_where_a_camera_took_it() -> None:
    class Seeing(Teacher):
        seen: list[RGBImage]

        def estimate(self, image: RGBImage) -> FloatMap:
            self.seen.append(image.copy())
            return super().estimate(image)

    teacher = Seeing()
    teacher.seen = []
    source = recorded()
    sample(Picture(source.image, source.depth_m), 96, 96, np.random.default_rng(3), 1.0, [teacher])
    assert not teacher.seen

    samples = [sample(source, 96, 96, np.random.default_rng(seed), 1.0, [teacher]) for seed in range(8)]

    assert all(s.teacher_m is not None for s in samples)
    assert len({s.tobytes() for s in teacher.seen}) == 8
    assert all(not s[..., 1:].any() for s in teacher.seen)
    assert any(s.image[..., 1:].any() for s in samples)


def test_a_batch_carries_truth_and_teachers() -> None:
    batches = Batches([recorded()], 2, 0, lambda: [Teacher()])
    _, depths = batches.make(0, Kind(64, 64, 0.0))
    batches.close()

    assert depths.shape == (2, 2, 32, 32)
    truth, taught = depths[:, 0], depths[:, 1]
    assert float(((taught / truth).log().abs()).median()) < 0.1


def test_teachers_say_nothing_of_what_is_pasted() -> None:
    rng = np.random.default_rng(2)
    below = sample(recorded(), 64, 64, rng, teachers=[Teacher()])
    above = sample(recorded(), 64, 64, rng)

    pasted = paste(below, above, rng)

    assert pasted.teacher_m is not None
    changed = pasted.depth_m != below.depth_m
    assert changed.any()
    assert not pasted.teacher_m[changed].any()
