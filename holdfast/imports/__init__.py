"""`holdfast import`: a file of customers or orders as upstream events."""
