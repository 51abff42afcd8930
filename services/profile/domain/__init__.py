"""Pure: the state, the events and the rules of profile."""
