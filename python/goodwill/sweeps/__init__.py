"""Sweeps: designs, what their points mean, the folder of what is finished, and how work is done."""
