"""The domain: standard library only, synchronous, no I/O of its own. No vendor word below this line."""
