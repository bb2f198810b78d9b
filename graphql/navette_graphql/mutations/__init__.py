"""What clients may change: one mutation a file, each with one input and one union."""
