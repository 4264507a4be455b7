"""For other people's test suites: a pytest plugin that starts Bitting in developer mode."""
