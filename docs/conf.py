import importlib.metadata

import goodwill

project = "goodwill"
author = "the goodwill authors"
copyright = author
release = importlib.metadata.version("goodwill")

extensions = ["myst_parser", "sphinx.ext.autodoc"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]

html_theme = "furo"
html_theme_options = {"light_css_variables": {"code-font-size": "0.72rem"}}  # tables of results are wide
html_title = f"goodwill {release}"

autodoc_typehints = "signature"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
autodoc_member_order = "bysource"
autodoc_class_signature = "separated"
default_role = "code"  # `like this` in docstrings
nitpicky = True
nitpick_ignore_regex = [("py:.*", r"(?!goodwill).*")]  # other packages' names

PARAMETERS = "reference/parameters"


def generate_parameters(app, page, source):
    """The tables of the parameter reference come from the descriptions in the simulator."""
    if page == PARAMETERS:
        source[0] += "\n" + goodwill.reference()


def find_public_name(app, env, node, shown):
    """`goodwill.model.Model`, as type hints say, is documented as `goodwill.Model`."""
    name = node.get("reftarget", "").rpartition(".")[2]
    name = {"StudyResult": "Study"}.get(name, name)  # what analyses take is what users have as a study
    if node.get("refdomain") != "py" or name not in goodwill.__all__:
        return None
    return env.get_domain("py").resolve_xref(
        env, node["refdoc"], app.builder, "obj", f"goodwill.{name}", node, shown
    )


def skip_constructor(app, what, name, member, skip, options):
    """Users do not make answers; how to make a model stands in the text of its class."""
    return True if name == "__init__" else None


def setup(app):
    app.connect("source-read", generate_parameters)
    app.connect("env-get-outdated", lambda *_: [PARAMETERS])
    app.connect("autodoc-skip-member", skip_constructor)
    app.connect("missing-reference", find_public_name)
