"""From references to a calibration, and from a map's value to a distance with its interval."""
