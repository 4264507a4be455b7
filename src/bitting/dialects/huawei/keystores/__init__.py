"""Key stores, which are logical partitions here, and PINs."""
