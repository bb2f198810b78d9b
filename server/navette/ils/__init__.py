"""The port behind which a library system decides for its items, and its engines."""
