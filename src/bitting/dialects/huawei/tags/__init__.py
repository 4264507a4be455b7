"""Tags of keys, what makes them good, and the search by tags."""
