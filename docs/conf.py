project = "deepatelier"
copyright = "2026, the deepatelier authors"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_gallery.gen_gallery"]
html_theme = "furo"
exclude_patterns = ["_build", "**/README.rst"]
default_role = "code"
autodoc_member_order = "bysource"
sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "gallery",
    "filename_pattern": "/plot_",
    "show_memory": False,
    "plot_gallery": True,
}
