"""Two photos registered."""
