"""Every medium of a case with what was found in it, in columns: filtered, sorted, counted and laid on one clock."""
