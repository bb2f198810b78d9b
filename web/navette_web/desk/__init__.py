"""Staff pages: one field that understands every scan, and the lists made for standing up."""
