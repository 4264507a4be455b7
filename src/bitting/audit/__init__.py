"""The audit trail: who asked what, of which object, what it changed, and how it was answered."""
