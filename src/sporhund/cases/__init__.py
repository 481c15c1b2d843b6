"""Cases: opening, showing, verifying, exporting and erasing what was found."""
