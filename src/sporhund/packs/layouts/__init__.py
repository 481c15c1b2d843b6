"""How each known kind of detector network is fed and read: one file each."""
