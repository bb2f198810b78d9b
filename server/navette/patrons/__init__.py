"""People: patrons, their cards, guardians and preferences."""
