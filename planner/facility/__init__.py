"""The site's physics: power tree, cooling loops, floor. Pure functions over integers in base units."""
