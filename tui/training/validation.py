"""Runs a network on pictures as the app will: at the size and in the way its card says."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from tui.evaluation.metrics import EvaluationReport, Scores, score, summarise
from tui.evaluation.rgbd import RgbdFrame

MULTIPLE = 32


def input_size(height: int, width: int, short: int) -> tuple[int, int]:
    """Return (height, width) for the network: the shorter side near `short`, the shape kept, multiples of 32."""
    factor = short / min(height, width)
    return _rounded(height * factor), _rounded(width * factor)


def _rounded(side: float) -> int:
    return max(MULTIPLE, round(side / MULTIPLE) * MULTIPLE)


def relative_inverse_depth(network: nn.Module, image: NDArray[np.uint8], short: int) -> NDArray[np.float32]:
    """Return `network`'s map for `image`, RGB, (H, W, 3), brought back to (H, W)."""
    import cv2

    height, width = input_size(image.shape[0], image.shape[1], short)
    small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    x = torch.from_numpy(small).permute(2, 0, 1)[None].to(torch.float32, memory_format=torch.channels_last) / 127.5 - 1
    device = next(network.parameters(), x).device
    with torch.inference_mode():
        y = network(x.to(device))[0, 0].cpu().numpy()
    return np.asarray(cv2.resize(y, image.shape[1::-1], interpolation=cv2.INTER_LINEAR), np.float32)


def validate(network: nn.Module, frames: Iterable[RgbdFrame], short: int) -> EvaluationReport:
    """Report the errors of `network`, put into evaluation mode, on `frames`."""
    network.eval()
    found: dict[str, list[Scores]] = {}
    for frame in frames:
        image, depth_m = frame.load()
        scores = score(relative_inverse_depth(network, image, short), depth_m)
        if scores is not None:
            found.setdefault(frame.sequence, []).append(scores)
    return summarise(found)
