"""``make bench``: hot requests compared with the echo route of the same server, in one run, as ratios."""
