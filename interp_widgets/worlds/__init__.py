"""Small worlds whose text is generated, so that every label behind it is known."""
