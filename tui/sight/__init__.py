"""What the picture itself says of the readings that are taken from it: pure, numpy and OpenCV."""
