"""Who heads what, who answers for whom: the questions approvals ask. Set-based."""

from collections.abc import Iterable
from dataclasses import dataclass

from heyi.kernel.errors import BusinessError, Remedy
from heyi.platform.access import Actor
from heyi.platform.drafts import Draft
from heyi.platform.rows import array, fetch


@dataclass(eq=False)
class DepartmentCircular(BusinessError):
    """A department would stand above itself."""

    code = "people.department_circular"
    remedy = Remedy("people.remedy.choose_higher_department", screen="people.department")
    parent: str


def heads(company: int, departments: Iterable[int]) -> dict[int, int]:
    """The head of each department: its own, or the nearest above who can sign in. One statement.

    Returns:
        Department id -> user id; departments without anybody above them are missing.
    """
    return dict(fetch(_HEADS, [array(departments), company, company]))


def managers(company: int, user: int) -> list[int]:
    """Who answers for a person: the heads of their department and of those above, nearest first,
    the person themselves left out. One statement."""
    return [manager for (manager,) in fetch(_MANAGERS, [company, user, company, user])]


def department_of(company: int, user: int) -> int | None:
    """The department a person works in."""
    rows = fetch(
        "SELECT department_id FROM people_employee "
        "WHERE company_id = %s AND user_id = %s AND active",
        [company, user],
    )
    return rows[0][0] if rows else None


def check_department(draft: Draft, actor: Actor) -> None:
    """Refuse a department below itself."""
    parent, own = draft.values.get("parent"), draft.id
    if not parent or not own:
        return
    above = fetch(_ABOVE, [parent])
    if own in {pk for (pk,) in above}:
        [(name,)] = fetch("SELECT name FROM people_department WHERE id = %s", [parent])
        draft.problem(DepartmentCircular(name), field="parent")


# A circle made by two people at once ends where it closes: UNION drops what was seen before.
_UP = """
    WITH RECURSIVE up(start, id, parent_id, head_id, steps) AS (
        {begin}
        UNION ALL
        SELECT up.start, d.id, d.parent_id, d.head_id, up.steps + 1
        FROM up JOIN people_department d ON d.id = up.parent_id AND d.company_id = %s
    ) CYCLE id SET circular USING path, able AS (
        SELECT up.start, up.steps, u.id AS user_id
        FROM up
        JOIN people_employee e ON e.id = up.head_id AND e.active
        JOIN identity_user u ON u.id = e.user_id AND u.active
        WHERE NOT up.circular
    )
"""
_HEADS = (
    _UP.format(
        begin="SELECT d.id, d.id, d.parent_id, d.head_id, 0 FROM people_department d "
        "WHERE d.id = ANY(%s::bigint[]) AND d.company_id = %s"
    )
    + "SELECT DISTINCT ON (start) start, user_id FROM able ORDER BY start, steps"
)
_MANAGERS = (
    _UP.format(
        begin="SELECT d.id, d.id, d.parent_id, d.head_id, 0 FROM people_employee own "
        "JOIN people_department d ON d.id = own.department_id "
        "WHERE own.company_id = %s AND own.user_id = %s AND own.active"
    )
    + "SELECT user_id FROM able WHERE user_id <> %s GROUP BY user_id ORDER BY min(steps)"
)
_ABOVE = """
    WITH RECURSIVE up(id, parent_id) AS (
        SELECT id, parent_id FROM people_department WHERE id = %s
        UNION
        SELECT d.id, d.parent_id FROM up JOIN people_department d ON d.id = up.parent_id
    )
    SELECT id FROM up
"""
