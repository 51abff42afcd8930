"""What is fast and what is good, against what."""
