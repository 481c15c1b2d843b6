"""One function per thing a user can do: the command line, the desk and Python callers all use it."""
