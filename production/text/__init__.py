"""Texts: lexer, parser, printer and formatter of Cedar; the one reader and the one writer of JSON."""
