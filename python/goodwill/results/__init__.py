"""What a simulation found: worlds, their tables, a study, where it all came from."""
