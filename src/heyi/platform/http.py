"""One API object, one way to turn a refusal into a response, the generic endpoints."""
