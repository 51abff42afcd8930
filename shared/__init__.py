"""What at least two services use; knows no service and no business fact."""
