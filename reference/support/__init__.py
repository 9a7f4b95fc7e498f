"""What the rules need of the interpreter, and what watches them."""
