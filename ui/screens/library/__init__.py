"""The clinic's library: its door, its patients, one patient's page."""
