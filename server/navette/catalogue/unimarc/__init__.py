"""UNIMARC: reading a library's records and items, and writing simple ones."""
