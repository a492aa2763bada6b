"""`python -m tui` is the same as `depth-tui`."""

from tui.cli import main

if __name__ == "__main__":
    main()
