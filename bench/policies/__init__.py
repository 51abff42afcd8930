"""How long another policy takes to be in force for everybody, and a draft to be tried on the past."""
