"""The plan document, its assembly, the bill of materials, cost and carbon."""
