"""Terminal output with rich, which no other package uses.

Generated text is never read as markup, and control characters are escaped.
"""
