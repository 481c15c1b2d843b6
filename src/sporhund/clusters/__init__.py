"""Tracks of probably one person: what the machine puts together, and how people correct it. Names nobody."""
