"""Plans AI factories on your own premises: sized, placed, priced, proven and sourced."""
