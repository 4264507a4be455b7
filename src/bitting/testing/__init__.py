"""For test suites of other projects: a pytest plugin that starts Bitting in developer mode."""
