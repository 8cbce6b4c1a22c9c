"""Two photos laid onto each other."""
