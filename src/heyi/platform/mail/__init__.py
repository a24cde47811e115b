"""Letters to the outside, written in the transaction that wants them, sent by the worker."""
