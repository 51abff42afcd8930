"""What a process tree costs, read from /proc."""
