"""The interpreter as a library."""
