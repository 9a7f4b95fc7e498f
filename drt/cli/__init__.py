"""One command a file: options and help; the work is done elsewhere and imported only when asked for."""
