"""What a simulation found: worlds, their tables, a study, and the provenance of all of it."""
