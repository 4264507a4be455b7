"""The command line, one module per noun. Errors say what to do next."""
