"""``make bench``: hot requests against the echo route of the same server, in one run, as ratios."""
