"""The look for movement: what moved, without a model."""
