"""Procedurally rendered training pictures: see `tui.training.scenes.pictures`."""

from tui.training.scenes.pictures import render, render_many

__all__ = ["render", "render_many"]
