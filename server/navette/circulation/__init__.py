"""Holds, transits and loans: the rules that make a promise true."""
