"""Depth networks of the Hugging Face Hub, or of a folder in its format: found, checked, prepared for, run."""
