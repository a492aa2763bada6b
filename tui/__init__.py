"""depth-tui: how far away is it? Monocular depth, calibrated to metres, in a terminal."""

__version__ = "0.1.0"
