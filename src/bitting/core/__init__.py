"""The domain: standard library only, synchronous, no I/O of its own, no vendor word."""
