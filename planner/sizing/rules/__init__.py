"""The rules of sizing, by what they speak of."""
