"""`holdfast record` and `holdfast replay`: the inputs of all doors as a file, and a stack made of them again."""
