"""Files of one's own: bytes, cells, the moments and numbers in them, a checked frame."""
