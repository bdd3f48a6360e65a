"""One module per concept: pure functions from a trace or arrays to a result."""
