"""Which depth-tui this is; a module of its own, as the package itself brings the Python interface."""

__version__ = "0.1.0"
