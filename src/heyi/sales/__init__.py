"""What we promise customers."""
