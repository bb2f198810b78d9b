"""The core of Navette: rules and data of a network of libraries that share one card."""
