"""Regions of the demo's room, whose geometry is known to the last digit."""

from __future__ import annotations

import numpy as np

from tui.calibration.beliefs import EXACT
from tui.calibration.context import map_context
from tui.calibration.fit import fit
from tui.calibration.measure import sample_references
from tui.calibration.reference import Reference
from tui.calibration.region import read_region
from tui.camera.demo.renderer import DemoRenderer
from tui.geometry.region import Region, Statistic
from tui.pipeline.oracle import exact_inverse_depth


def test_intervals_hold_what_is_truly_there() -> None:
    generator = np.random.default_rng(7)
    renderer = DemoRenderer()
    held, off = [], []
    for at_s in (0.0, 3.0, 7.0, 11.0):
        _, depth_m = renderer.render(at_s)
        height, width = depth_m.shape
        inverse_depth = exact_inverse_depth(depth_m)
        for _ in range(5):
            places = [(int(generator.integers(width)), int(generator.integers(height))) for _ in range(6)]
            references = [
                Reference(u, v, float(depth_m[v, u]) * (1 + 0.01 * generator.standard_normal()), 0.01 * depth_m[v, u])
                for u, v in places
            ]
            context = map_context(inverse_depth)
            calibration = fit(sample_references(inverse_depth, references), EXACT, context)
            left, top = int(generator.integers(width - 200)), int(generator.integers(height - 150))
            right, bottom = left + int(generator.integers(40, 200)), top + int(generator.integers(40, 150))
            for statistic in Statistic:
                region = Region("box", ((left, top), (right, bottom)), statistic)
                reading = read_region(calibration, inverse_depth, region, 5, context).reading
                true_m = float(np.quantile(depth_m[region.mask(width, height)], statistic.share))
                assert reading.distance_m is not None
                assert reading.low_m is not None
                held.append(reading.low_m <= true_m <= (reading.high_m or np.inf))
                off.append(abs(reading.distance_m / true_m - 1))
    assert np.mean(held) >= 0.92
    assert np.median(off) < 0.02
