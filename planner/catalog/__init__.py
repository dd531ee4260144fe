"""Products, prices and other data, each with its source."""
