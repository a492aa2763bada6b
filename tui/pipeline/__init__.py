"""Capture and inference threads, without Textual."""
