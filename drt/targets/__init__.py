"""The table of targets: what is drawn and by which law it is judged."""
