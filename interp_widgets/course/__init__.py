"""What the notebooks need beside models and views: a first check of the machine, and of answers."""
