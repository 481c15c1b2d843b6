"""People decide: two examiners, links, identities. The only way to an identity."""
