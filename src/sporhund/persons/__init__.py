"""Persons over cameras and cases: subjects as an officer asserts them, known persons and who may hear of a hit."""
