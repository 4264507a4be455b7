"""The audit trail: who asked what, on which key, and how it ended."""
