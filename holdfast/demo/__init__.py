"""`holdfast demo`: real orders through all four services, and what became of them."""
