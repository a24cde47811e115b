"""Benchmarks: how long the promised things take. Run by `heyi bench NAME`; see docs/benchmarks.md."""
