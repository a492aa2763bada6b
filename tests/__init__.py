"""Tests mirror `tui/`."""
