"""The whole thing on one machine: servers, topics, databases, processes, clock."""
