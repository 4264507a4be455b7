"""What every dialect is made of: rows (operations, fields, errors) and the six-stop pipeline."""
