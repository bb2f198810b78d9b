"""Offers of the metropolitan digital library: links, audiences, access rights."""
