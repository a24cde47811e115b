"""Products: what is bought, made, stored and sold; their units and categories."""
