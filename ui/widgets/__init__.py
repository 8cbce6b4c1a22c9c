"""Reusable parts of screens; they know Qt and domain values only."""
