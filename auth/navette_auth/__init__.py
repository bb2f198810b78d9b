"""Who is there: identity providers, sessions, cards, linking, tokens, staff."""
