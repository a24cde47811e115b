"""What we ask of suppliers."""
