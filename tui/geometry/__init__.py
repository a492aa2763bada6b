"""Intrinsics, sampling and array checks."""
