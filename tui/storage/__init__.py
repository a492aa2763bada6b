"""Paths, atomic files, settings, profiles, exports."""
