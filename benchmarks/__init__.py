"""Speed, accuracy and truth tables, each runnable with one command."""
