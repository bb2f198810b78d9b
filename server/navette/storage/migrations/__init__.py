"""Migrations: plain operations, named by date and slug, that import no model."""
