"""One widget a file; none knows a camera, a model or a thread."""
