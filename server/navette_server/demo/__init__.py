"""The demonstration network: fictitious people, hours and collections."""
