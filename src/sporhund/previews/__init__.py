"""Pictures and playable copies for people: made in a confined worker, kept encrypted with the key of the case."""
