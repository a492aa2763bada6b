"""How good is a model? Recordings with true depth, and the error measures of the literature."""
