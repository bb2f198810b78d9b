"""The GraphQL interface: everything a patron or a desk can do, for programs."""
