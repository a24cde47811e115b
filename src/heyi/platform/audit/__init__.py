"""Who did what, when, from where, and what it was before. Nothing here can be changed unnoticed."""
