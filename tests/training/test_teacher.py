import numpy as np
from numpy.typing import NDArray

from tui.depth.estimator import ModelIdentity
from tui.geometry.arrays import FloatMap, RGBImage
from tui.training.augment import paste, sample
from tui.training.data import Picture
from tui.training.teacher import teach

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


def picture() -> Picture:
    image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    image[..., 0] = np.random.default_rng(0).integers(64, 255, (HEIGHT, WIDTH))
    return Picture(image, (255.0 / image[..., 0]).astype(np.float32))


def test_the_teacher_speaks_in_metres_whatever_its_scale() -> None:
    taught = teach(picture(), Teacher())

    assert taught.teacher_m is not None
    np.testing.assert_allclose(taught.teacher_m, taught.depth_m, rtol=1e-4)


def test_leaning_to_one_side_is_averaged_away_by_the_mirror() -> None:
    taught = teach(picture(), Teacher(lean=0.5))

    assert taught.teacher_m is not None
    np.testing.assert_allclose(taught.teacher_m, taught.depth_m, rtol=1e-4)


def test_what_the_teacher_leaves_out_is_unknown_and_too_little_truth_is_not_taught() -> None:
    class Blind(Teacher):
        def estimate(self, image: RGBImage) -> FloatMap:
            said = super().estimate(image)
            said[:10] = np.nan
            return said

    given = picture()
    taught = teach(given, Blind())
    assert taught.teacher_m is not None
    assert not taught.teacher_m[:10].any()
    assert taught.teacher_m[10:].all()
    sparse = np.zeros_like(given.depth_m)
    sparse[:5] = given.depth_m[:5]
    assert teach(Picture(given.image, sparse), Teacher()).teacher_m is None


def test_a_sample_sees_truth_and_teacher_through_the_same_view() -> None:
    taught = teach(picture(), Teacher())

    view = sample(taught, 32, 32, np.random.default_rng(3))

    assert view.teacher_m is not None
    np.testing.assert_allclose(view.teacher_m, view.depth_m, rtol=1e-4)


def test_the_teacher_says_nothing_of_what_is_pasted() -> None:
    rng = np.random.default_rng(1)
    below = sample(teach(picture(), Teacher()), 64, 64, rng)
    above = sample(picture(), 64, 64, rng)

    pasted = paste(below, above, rng)

    assert pasted.teacher_m is not None
    changed = pasted.depth_m != below.depth_m
    assert changed.any()
    assert not pasted.teacher_m[changed].any()
