"""KMS instances, which are logical key stores here: rows, and CreateKey, which depends on them."""
