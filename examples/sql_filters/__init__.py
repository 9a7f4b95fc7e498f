"""Three applications that list what a user may see, by a filter in the database (extra `sql`)."""
