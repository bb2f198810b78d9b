"""Telling people: what is said, to whom, by which channel, and with what evidence."""
