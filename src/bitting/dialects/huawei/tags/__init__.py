"""Tags of keys, what makes them valid, and the search by tags."""
