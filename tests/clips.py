"""Short clips, made where a test needs one."""

from __future__ import annotations

from pathlib import Path

import cv2


def equal_frames(picture: Path, frames: int = 4) -> Path:
    """A clip beside a picture that shows it in every frame."""
    image = cv2.imread(str(picture))
    assert image is not None
    path = picture.with_name("clip.avi")
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 20.0, image.shape[1::-1])
    for _ in range(frames):
        writer.write(image)
    writer.release()
    return path
