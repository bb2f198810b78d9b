"""Records, items and works: what the network holds, and how it is found."""
