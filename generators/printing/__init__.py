"""Trees written as Cedar text or JSON, plainly or in odd but legal spellings."""
