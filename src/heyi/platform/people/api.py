"""What others may use of people."""

from heyi.platform.people.organisation import department_of, heads, managers

__all__ = ["department_of", "heads", "managers"]
