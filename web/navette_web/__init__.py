"""The pages of Navette: what a resident, a desk agent and a phone receive over HTTP."""
