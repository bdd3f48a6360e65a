"""One module for each notebook that checks answers, named after the notebook."""
