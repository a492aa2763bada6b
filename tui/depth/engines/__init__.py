"""What runs a network: one small module an engine."""
