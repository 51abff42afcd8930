"""What drives a running stack from outside: its public routes, its open topics, its clock, and rest."""
