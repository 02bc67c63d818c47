"""What revocation costs: memory, work, messages, time; per enforcement, and for how many tokens."""
