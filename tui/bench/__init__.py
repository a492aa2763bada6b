"""How fast each stage of a frame's way is here, beside the alternatives, on the same work in the same run."""
