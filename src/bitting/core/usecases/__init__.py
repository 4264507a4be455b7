"""What can be done, one module per noun. Each use case is a function of (context, command)."""
