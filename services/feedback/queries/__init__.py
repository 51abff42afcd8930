"""What feedback shows, one module per noun."""
