"""mnimage: facial photos across sessions, registered and measured.

For documentation and comparison, not for diagnosis.
"""

__version__ = "0.1.0"
