"""Open, probe, decode, sample and cut into shots: everything that parses evidence bytes."""
