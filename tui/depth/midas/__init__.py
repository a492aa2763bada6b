"""The MiDaS family: preprocessing, networks and checkpoints."""
