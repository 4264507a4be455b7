"""Network rules, policies, application access points and client keys: rows, and the codecs of their lists."""
