"""Cedar text: lexer, parser, printer, formatter."""
