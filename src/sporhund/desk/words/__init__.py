"""What the desk says, in Danish and English, and how it writes numbers and times."""
