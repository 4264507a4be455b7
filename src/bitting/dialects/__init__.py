"""Faces: each folder speaks one API. Dialects do not know each other, stores, providers or seals."""
