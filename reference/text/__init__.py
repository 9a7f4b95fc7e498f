"""Cedar text to syntax and back."""
