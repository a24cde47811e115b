"""What happens on the shop floor, reported as it happens."""
