"""The commands of `navette`, one module a group; each lists them by name in COMMANDS."""
