"""One folder per screen, and the table that names them all."""
