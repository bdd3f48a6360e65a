"""Views for the notebook; the public ones are named in the package itself."""
