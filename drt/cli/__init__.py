"""The command line: one command per file, with options and help; other modules do the work, loaded lazily."""
