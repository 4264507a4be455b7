"""Keys: their life cycle and details, aliases, imported material, rotation."""
