"""What people would pick instead, each written as its own documentation shows; run in an environment of their own."""
