import importlib.metadata

project = "goodwill"
author = "the goodwill authors"
copyright = author
release = importlib.metadata.version("goodwill")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.mathjax", "sphinx.ext.napoleon"]
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = f"goodwill {release}"

autodoc_typehints = "description"
autodoc_member_order = "bysource"
nitpicky = True
nitpick_ignore_regex = [("py:.*", r"(?!goodwill).*")]  # other packages' names
