"""Series of known processes: what a network learns from before it sees a real one."""
