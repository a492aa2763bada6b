"""Turns a picture with depth into a training sample: crop, zoom, tilt, mirror, recolour, paste.

Cropping and zooming keep depth as it is: the model learns relative depth for any focal length. Turning the camera about
its centre shows nothing new, so that image and depth are known exactly. Everything random comes from the given
generator, so that a sample is a function of the seed alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tui.depth.estimator import DepthEstimator
from tui.training.data import Picture
from tui.training.teacher import teach

SMALLEST_CROP = 0.45
LARGEST_TILT_RAD = 0.2
TURNED = 0.6
"""Share of samples whose camera is turned."""
LARGEST_TURN_RAD = 0.2
"""To the right and down (Zhao, Kong and Fowlkes, "Camera pose matters for depth prediction", CVPR 2021)."""
FOCAL = 1.08
"""Focal length in shorter sides of the picture: that of the cameras that took the recordings."""
ASPECT_JITTER = 1.12
UNKNOWN = 0.0
ERASED = 0.3
"""Share of samples with parts of the image hidden, whose depth must be told from what is around them."""


def sample(
    picture: Picture,
    height: int,
    width: int,
    rng: np.random.Generator,
    strength: float = 1.0,
    teachers: Sequence[DepthEstimator] = (),
) -> Picture:
    """Return a random view of `picture`: the image `height` x `width`, the depth half that size, 0 where unknown.

    At `strength` 0 it is the whole picture, as large as fits, perhaps mirrored, in its own colours. What `teachers` say
    about the view of a recorded picture comes with it.
    """
    if rng.random() < TURNED * strength:
        picture = turn(picture, *(rng.uniform(-1, 1, 2) * LARGEST_TURN_RAD))
    view = Picture(*warp(picture, random_view(picture.depth_m.shape, height, width, rng, strength), height, width))
    if picture.recorded:
        view = teach(view, teachers)
    if rng.random() < strength:
        view = replace(view, image=recolour(view.image, rng))
    return replace(view, image=erase(view.image, rng)) if rng.random() < ERASED * strength else view


def random_view(
    shape: tuple[int, ...], height: int, width: int, rng: np.random.Generator, strength: float = 1.0
) -> NDArray[np.float64]:
    """Return source_from_sample, 2x3, in pixels (centres at integers), for a source picture of `shape` (H, W)."""
    source_height, source_width = shape
    zoom = min(source_height / height, source_width / width) * rng.uniform(1 - strength * (1 - SMALLEST_CROP), 1.0)
    jitter = np.exp(strength * rng.uniform(-1, 1) * np.log(ASPECT_JITTER) / 2)
    scale_x = min(zoom * jitter, source_width / width)
    scale_y = min(zoom / jitter, source_height / height)
    free_x, free_y = source_width - scale_x * width, source_height - scale_y * height
    centre_x = source_width / 2 + free_x * rng.uniform(-0.5, 0.5) - 0.5
    centre_y = source_height / 2 + free_y * rng.uniform(-0.5, 0.5) - 0.5
    tilt = strength * rng.normal(0, LARGEST_TILT_RAD / 2)
    tilt = float(np.clip(tilt, -LARGEST_TILT_RAD, LARGEST_TILT_RAD))
    mirror = -1.0 if rng.random() < 0.5 else 1.0
    cos, sin = np.cos(tilt), np.sin(tilt)
    linear = np.array([[cos * scale_x * mirror, -sin * scale_y], [sin * scale_x * mirror, cos * scale_y]])
    middle = np.array([(width - 1) / 2, (height - 1) / 2])
    return np.column_stack([linear, np.array([centre_x, centre_y]) - linear @ middle])


def turn(picture: Picture, right_rad: float, down_rad: float) -> Picture:
    """Return what the camera would have taken had it looked more to the right and down; depth 0 where it saw nothing.

    A point at pixel p and depth z lies at z K^-1 p; turned, its depth is the third coordinate of R K^-1 p times z.
    """
    import cv2

    height, width = picture.depth_m.shape
    focal = FOCAL * min(height, width)
    camera = np.array([[focal, 0, (width - 1) / 2], [0, focal, (height - 1) / 2], [0, 0, 1]])
    rotation, _ = cv2.Rodrigues(np.array([down_rad, -right_rad, 0.0]))
    turned = camera @ rotation @ np.linalg.inv(camera)
    y, x = np.mgrid[:height, :width]
    nearer = turned[2, 0] * x + turned[2, 1] * y + turned[2, 2]
    size = (width, height)
    image = cv2.warpPerspective(picture.image, turned, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    depth_m = cv2.warpPerspective(
        (picture.depth_m * nearer).astype(np.float32),
        turned,
        size,
        flags=cv2.INTER_NEAREST,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=UNKNOWN,
    )
    return replace(picture, image=np.asarray(image, np.uint8), depth_m=np.asarray(depth_m, np.float32))


def warp(
    picture: Picture, view: NDArray[np.float64], height: int, width: int
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Return the image, (height, width, 3), and the depth, (height / 2, width / 2), seen through `view`."""
    import cv2

    flags = cv2.WARP_INVERSE_MAP | cv2.INTER_LINEAR
    image = cv2.warpAffine(picture.image, view, (width, height), flags=flags, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(image, np.uint8), warp_depth(picture.depth_m, view, height, width)


def warp_depth(depth_m: NDArray[np.float32], view: NDArray[np.float64], height: int, width: int) -> NDArray[np.float32]:
    """Return depth, (height / 2, width / 2), of the sample (height, width) that sees `depth_m`, (H, W), through `view`.

    It takes the nearest source pixel: an average over an edge is a depth that exists nowhere.
    """
    import cv2

    # the centre of pixel i of the half-size map lies at 2 i + 0.5 of the sample
    half_view = np.column_stack([view[:, :2] * 2, view[:, 2] + view[:, :2] @ np.array([0.5, 0.5])])
    seen = cv2.warpAffine(
        depth_m,
        half_view,
        (width // 2, height // 2),
        flags=cv2.WARP_INVERSE_MAP | cv2.INTER_NEAREST,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=UNKNOWN,
    )
    return np.asarray(seen, np.float32)


def paste(below: Picture, above: Picture, rng: np.random.Generator) -> Picture:
    """Return `below` with a blob of `above` held before it, nearer than what it covers.

    The blob's depth is multiplied by one factor, as if the same thing were smaller and nearer, so its shape stays true.
    Both are samples of equal size: images (H, W, 3), depths (H / 2, W / 2).
    """
    import cv2

    mask = blob(below.depth_m.shape, rng)
    covered, pasted = below.depth_m[mask], above.depth_m[mask]
    covered, pasted = covered[covered > 0], pasted[pasted > 0]
    if min(len(covered), len(pasted)) < 20:
        return below
    nearest = float(np.percentile(covered, 5)) * rng.uniform(0.4, 0.9)
    factor = nearest / float(np.percentile(pasted, 95))
    height, width = below.image.shape[:2]
    wide = cv2.resize(mask.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)[:, :, None]
    image = below.image * (1 - wide) + above.image * wide
    depth_m = np.where(mask, above.depth_m * np.float32(factor), below.depth_m)
    teacher_m = None if below.teacher_m is None else np.where(mask, np.float32(UNKNOWN), below.teacher_m)
    return Picture(image.astype(np.uint8), depth_m, teacher_m)


def blob(shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return a random smooth shape, (H, W): an ellipse whose radius waves, possibly cut by the border."""
    height, width = shape
    y, x = np.mgrid[:height, :width].astype(np.float32)
    x = (x / width - rng.uniform(0.1, 0.9)) * width
    y = (y / height - rng.uniform(0.2, 1.0)) * height
    size = min(height, width) * rng.uniform(0.12, 0.35)
    angle, stretch = np.arctan2(y, x), np.exp(rng.uniform(-0.6, 0.6))
    radius = np.hypot(x * stretch, y / stretch) / size
    limit = np.ones_like(radius)
    for waves in (2, 3, 5):
        limit += rng.uniform(0, 0.25) * np.cos(waves * angle + rng.uniform(0, 2 * np.pi)).astype(np.float32)
    return np.asarray(radius < limit)


def erase(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return `image`, (H, W, 3), with one to three rectangles painted over (Zhong et al., "Random erasing", 2020)."""
    result = image.copy()
    height, width = image.shape[:2]
    for _ in range(int(rng.integers(1, 4))):
        h, w = (int(side * rng.uniform(0.08, 0.3)) for side in (height, width))
        top, left = int(rng.integers(0, height - h)), int(rng.integers(0, width - w))
        result[top : top + h, left : left + w] = rng.integers(0, 256, 3)
    return result


def recolour(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return `image`, RGB, (H, W, 3), as another camera in another light might have taken it."""
    import cv2

    x: NDArray[np.float32] = image.astype(np.float32) / np.float32(255)
    if rng.random() < 0.8:
        x = x ** np.float32(np.exp(rng.normal(0, 0.25)))
        grey_level = np.float32(x.mean())
        x = (x - grey_level) * np.float32(np.exp(rng.normal(0, 0.2))) + grey_level
        x *= np.float32(np.exp(rng.normal(0, 0.2)))
    if rng.random() < 0.8:
        grey = x @ np.array([0.299, 0.587, 0.114], np.float32)
        saturation = np.float32(rng.uniform(0.0, 1.8))
        x = grey[:, :, None] * (1 - saturation) + x * saturation
        x *= np.exp(rng.normal(0, 0.1, 3)).astype(np.float32)
    if rng.random() < 0.1:
        x = x[:, :, rng.permutation(3)]
    if rng.random() < 0.15:
        x = np.asarray(cv2.GaussianBlur(x, (0, 0), rng.uniform(0.4, 1.3)), np.float32)
    if rng.random() < 0.25:
        x = x + rng.normal(0, rng.uniform(0.005, 0.05), x.shape).astype(np.float32)
    if rng.random() < 0.15:
        falloff = rng.uniform(0.2, 0.7)
        ramp = np.linspace(1 - falloff, 1 + falloff / 2, x.shape[1], dtype=np.float32)
        x = x * (ramp if rng.random() < 0.5 else ramp[::-1])[None, :, None]
    y: NDArray[np.uint8] = np.clip(x * 255, 0, 255).astype(np.uint8)
    if rng.random() < 0.15:
        ok, packed = cv2.imencode(".jpg", y, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 80))])
        if ok:
            y = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
    return np.ascontiguousarray(y)
