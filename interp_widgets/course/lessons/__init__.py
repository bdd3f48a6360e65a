"""One module for each notebook with exercises, named after it; each defines `LESSON`."""
