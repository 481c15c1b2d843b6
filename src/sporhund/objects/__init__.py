"""The look for persons, vehicles and things."""
