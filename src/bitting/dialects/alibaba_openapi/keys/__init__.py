"""Keys, versions, aliases, imported material and filters of lists; the compiler of resource policies."""
