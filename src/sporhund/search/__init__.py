"""One face looked for in a gallery, under a legal basis: exact, kept as it was seen."""
