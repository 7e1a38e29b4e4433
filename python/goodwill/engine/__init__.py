"""Models, what can be asked of them, and the one place that sets the simulator to work."""
