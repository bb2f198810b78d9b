"""A year of the network in discrete events, decided by the rules themselves."""
