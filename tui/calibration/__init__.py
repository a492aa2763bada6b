"""From references to a calibration to a distance with its interval."""
