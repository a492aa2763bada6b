"""Training of `pocket`, the depth network inside the package; the app never imports this package.

`python -m tui.training train --data FOLDER --encoder-weights FILE --out FOLDER --minutes M --seed S` trains and, when
started again with the same arguments, continues. `validate` and `export` finish the work; see `tui.training.__main__`.
"""
