"""The pages in a real browser, a theme a module: each begins with its own store, and `../../pages.py` runs them."""
