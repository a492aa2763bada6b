"""A first card for a model file that has none: what the file tells of itself, and what has to be checked."""
