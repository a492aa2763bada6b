"""Printed targets of known size: markers that give distances, boards that calibrate a camera."""
