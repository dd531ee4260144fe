"""Cabling: links of a fabric to both ends, lengths, products, schedule and spares. Pure functions, no solver."""
