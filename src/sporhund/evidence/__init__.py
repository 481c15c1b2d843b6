"""Intake, hashing, exhibits, cameras, chain of custody."""
