"""The positions a new company starts with: one for each role, to be combined as it likes.

Not for the administrator's: that role is given to people by name.
"""

from heyi.platform.identity.access import ADMINISTRATOR
from heyi.platform.identity.models import Position
from heyi.platform.identity.users import all_roles
from heyi.platform.messages import resolve
from heyi.platform.models import Company


def setup(company: Company) -> None:
    """A position per role, named in the company's language. Repeatable: what is there stays."""
    Position.objects.bulk_create(
        [
            Position(
                company=company,
                code=role.replace(".", "-").upper(),
                name=resolve(f"role.{role}", language=company.language),
                roles=[role],
            )
            for role in all_roles()
            if role != ADMINISTRATOR
        ],
        ignore_conflicts=True,
    )
