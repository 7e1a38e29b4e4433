"""Models, the questions to them, and the one place that calls the simulator."""
