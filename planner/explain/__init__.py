"""Why not: the limits that conflict, and the single changes that would help, with amounts."""
