"""The HTTP shell: listeners, limits, request ids, dialect choice, worker threads. No meaning of its own."""
