"""A case on free material whose answers are known: the training case of the desk, the demo, the known-answer test."""
