"""The four extension types, one module each (spec 03), and the table of their functions."""
