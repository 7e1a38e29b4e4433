"""Words, figures and tables as people read them; checks of arguments; files. Knows no model."""
