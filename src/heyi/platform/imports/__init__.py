"""Records from files: staged, checked as a form would check them, repaired in place, then loaded.

uploaded → mapped → staged → validated → approved → loading → loaded
                        ▲        │
                        └ repair ┘        withdrawn from any state before loading
"""
