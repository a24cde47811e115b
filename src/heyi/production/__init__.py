"""Bills of material, routings, planning and production orders."""
