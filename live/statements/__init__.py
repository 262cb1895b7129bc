"""A creator's monthly statements, their proof, and the origin of each diamond."""
