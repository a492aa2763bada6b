"""Losses for relative inverse depth, after Ranftl et al., TPAMI 2022 ("MiDaS"), section 5.

Each picture's prediction p is first fitted to the truth, by both of what it is fitted by in use: scale a and shift b,
least squares on the relative error (a p + b) z - 1, as the evaluation does (MiDaS's own fit is not relative); and a
power law, ln(1/z) = c + gamma ln p, as the calibration does. Gradients flow through both fits.
"""

from __future__ import annotations

import torch
from torch import Tensor

NEAREST_M = 0.2
FARTHEST_M = 20.0
TRIM = 0.05
"""Share of each picture's pixels, those with the largest error, that the data term leaves out."""
SCALES = 4
GRADIENT_WEIGHT = 0.5
RATIO_WEIGHT = 0.3
"""Of the error with a scale but no shift: it makes the output about proportional to 1/z."""
ANCHOR_WEIGHT = 0.02
"""Of the scale itself: without it the output may drift to where its gradients vanish."""
LEAST_P = 1e-4
"""The prediction is not taken for less than this before its logarithm is."""
LARGEST_LOG = 4.0
"""Fitted over true inverse depth is kept within e to this power."""
STEEPEST = 0.5
"""Fitted over true inverse depth below which the relative error of distance grows linearly."""
TEACHER_WEIGHT = 2.0
"""Of the same loss against the teachers' distances (Hinton, Vinyals and Dean, 2015); of two absolute errors that pull
in opposite directions the heavier one wins, so 1 would leave open which."""


def taught_loss(p: Tensor, depths_m: Tensor) -> Tensor:
    """Return the training loss of p, (B, 1, H, W), against truth and teacher, (B, 2, H, W), 0 where there is none."""
    loss = total_loss(p, depths_m[:, :1])
    taught = depths_m[:, 1:].amax((1, 2, 3)) > 0
    if not bool(taught.any()):
        return loss
    share = taught.to(p.dtype).mean()
    return loss + TEACHER_WEIGHT * share * total_loss(p[taught], depths_m[taught, 1:])


def total_loss(p: Tensor, depth_m: Tensor) -> Tensor:
    """Return the training loss, a scalar, of p against depth in metres, both (B, 1, H, W), depth 0 where unknown."""
    known = known_pixels(depth_m)
    powered = fit_power(p, depth_m, known)
    straight, bent = (trimmed_mean_error(f, known, TRIM) for f in (fit_scale_and_shift(p, depth_m, known), powered))
    data = (straight + bent) / 2
    edges = gradient_matching(torch.log(powered), known)
    scale = best_scale(p, depth_m, known)
    ratio = trimmed_mean_error(scale * p * depth_m * known, known, 0.0)
    anchor = torch.log(scale.clamp(min=1e-6)).abs().mean()
    return data + GRADIENT_WEIGHT * edges + RATIO_WEIGHT * ratio + ANCHOR_WEIGHT * anchor


def known_pixels(depth_m: Tensor) -> Tensor:
    """Return where depth is known and within 0.2-20 m, as 0 and 1 in depth's type."""
    return ((depth_m >= NEAREST_M) & (depth_m <= FARTHEST_M)).to(depth_m.dtype)


def fit_scale_and_shift(p: Tensor, depth_m: Tensor, known: Tensor) -> Tensor:
    """Return (a p + b) z, (B, 1, H, W), with each picture's a, b from relative least squares; 1 where it is right."""
    z = depth_m * known
    count = known.sum((1, 2, 3), keepdim=True).clamp(min=1)
    centre = (p * known).sum((1, 2, 3), keepdim=True) / count
    q = p - centre
    qz = q * z
    s_qq, s_q, s_1 = (t.sum((1, 2, 3), keepdim=True) for t in (qz * qz, qz * z, z * z))
    t_q, t_1 = (t.sum((1, 2, 3), keepdim=True) for t in (qz, z))
    # a little damping keeps a picture of constant p finite; it shrinks a by one part in 10^4 of the variance of p
    s_qq = s_qq + 1e-4 * s_1 * (q * q * known).sum((1, 2, 3), keepdim=True) / count + 1e-8
    determinant = (s_qq * s_1 - s_q * s_q).clamp(min=1e-12)
    a = (t_q * s_1 - t_1 * s_q) / determinant
    b = (s_qq * t_1 - s_q * t_q) / determinant
    return (a * q + b) * z


def fit_power(p: Tensor, depth_m: Tensor, known: Tensor) -> Tensor:
    """Return exp(c) p^gamma z, (B, 1, H, W), with each picture's c and gamma >= 0 from least squares in logarithms.

    It is 1 where it is right, and the same for p and any k p^e.
    """
    t = torch.log(p.clamp(min=LEAST_P))
    log_z = torch.log(torch.where(known > 0, depth_m, torch.ones_like(depth_m)))
    count = known.sum((1, 2, 3), keepdim=True).clamp(min=1)
    t, y = (v - (v * known).sum((1, 2, 3), keepdim=True) / count for v in (t, -log_z))
    # as above, a little damping for a picture of constant p
    spread = (t * t * known).sum((1, 2, 3), keepdim=True) + 1e-5 * count
    gamma = ((t * y * known).sum((1, 2, 3), keepdim=True) / spread).clamp(min=0)
    return torch.exp((gamma * t - y).clamp(-LARGEST_LOG, LARGEST_LOG))


def best_scale(p: Tensor, depth_m: Tensor, known: Tensor) -> Tensor:
    """Return each picture's a, (B, 1, 1, 1), that minimises the sum of (a p z - 1)^2: no shift."""
    pz = p * depth_m * known
    return pz.sum((1, 2, 3), keepdim=True) / (pz * pz).sum((1, 2, 3), keepdim=True).clamp(min=1e-8)


def trimmed_mean_error(fitted: Tensor, known: Tensor, trim: float) -> Tensor:
    """Return the mean error over each picture's known pixels but the `trim` worst, then over pictures.

    The error is that of distance, |1 / fitted - 1|, which AbsRel averages; far too far it grows linearly.
    """
    error = ((fitted - 1).abs() / fitted.clamp(min=STEEPEST) * known).flatten(1)
    counts = known.flatten(1).sum(1)
    if trim > 0:
        ordered = error.detach().sort(1, descending=True).values
        position = (trim * counts).long().clamp(max=error.shape[1] - 1)
        limit = ordered.gather(1, position[:, None])
        kept = known.flatten(1) * (error.detach() <= limit)
    else:
        kept = known.flatten(1)
    return ((error * kept).sum(1) / kept.sum(1).clamp(min=1)).mean()


def gradient_matching(residual: Tensor, known: Tensor) -> Tensor:
    """Return MiDaS's gradient term of a residual map, (B, 1, H, W): mean |d/dx| + |d/dy| over four scales.

    The residual is that of log inverse depth (Li and Snavely, "MegaDepth", CVPR 2018): edges count alike near and far.
    """
    total = residual.new_zeros(())
    for scale in range(SCALES):
        step = 2**scale
        r, k = residual[..., ::step, ::step], known[..., ::step, ::step]
        for axis in (2, 3):
            size = r.shape[axis] - 1
            both = k.narrow(axis, 1, size) * k.narrow(axis, 0, size)
            change = (r.narrow(axis, 1, size) - r.narrow(axis, 0, size)).abs() * both
            total = total + (change.sum((1, 2, 3)) / both.sum((1, 2, 3)).clamp(min=1)).mean()
    return total / SCALES
