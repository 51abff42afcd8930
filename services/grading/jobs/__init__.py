"""What runs beside grading, in a process of its own."""
