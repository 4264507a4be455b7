"""Secrets: rows, codecs of names, stages and values, and functions for what each type of secret asks for."""
