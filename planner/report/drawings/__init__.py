"""Layout of every drawing in plain Python; templates only print what is placed here."""
