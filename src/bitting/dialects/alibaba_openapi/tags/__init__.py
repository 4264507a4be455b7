"""Tags of one resource and of many: rows, and the codecs of pairs, keys and page tokens."""
