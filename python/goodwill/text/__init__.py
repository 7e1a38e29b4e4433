"""Words, figures and tables as people read them; what a caller may say; files. Knows no model."""
