"""What people looked at and what they said of it: marks, what is seen, who works on what, how much somebody has looked at."""
