"""Pages of whoever looks after the network, or after the team of a library."""
