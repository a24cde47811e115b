"""Every right is declared, and the whole matrix is a file that people review."""

from pathlib import Path

import pytest
from django.apps import apps

from heyi.platform.access import MEMBER, Access, access_matrix
from heyi.platform.identity.api import all_roles
from heyi.platform.modules import modules, screens

MATRIX = Path(__file__).resolve().parents[2] / "docs" / "access.txt"
DOCUMENTS = [apps.get_model(path) for module in modules() for path in module.documents]
MASTERS = [apps.get_model(path) for module in modules() for path in module.masters]


def test_the_matrix_is_the_reviewed_one():
    assert MATRIX.read_text(encoding="utf-8") == access_matrix(), (
        "rights have changed; `python tools/access.py` writes docs/access.txt anew: review its diff"
    )


@pytest.mark.parametrize("model", [*DOCUMENTS, *MASTERS], ids=lambda m: m._meta.label)
def test_every_type_has_an_access(model):
    assert getattr(model, "type", model._meta.label_lower) in Access.registry


@pytest.mark.parametrize("model", DOCUMENTS, ids=lambda m: m._meta.label)
def test_somebody_may_take_every_step_of_a_document(model):
    steps = {"read", "edit", *(t.name for t in model.lifecycle.transitions)}
    missing = {step for step in steps if not Access.registry[model.type].verbs.get(step)}
    assert not missing, f"nobody may {missing}"


@pytest.mark.parametrize("access", Access.registry.values(), ids=lambda a: a.type)
def test_only_defined_roles_have_rights(access):
    named = {role for roles in access.verbs.values() for role in roles} | set(access.rows)
    named |= {role for roles in access.fields.values() for role in roles}
    assert named <= {*all_roles(), MEMBER}


@pytest.mark.parametrize("access", Access.registry.values(), ids=lambda a: a.type)
def test_rights_without_sight_are_no_rights(access):
    """Whoever may take a step may also see the rows."""
    acting = {role for verb, roles in access.verbs.items() if verb != "read" for role in roles}
    assert acting <= access.verbs["read"] or MEMBER in access.verbs["read"]


@pytest.mark.parametrize("access", Access.registry.values(), ids=lambda a: a.type)
def test_two_person_rules_name_real_steps(access):
    assert {step for pair in access.never_same_person for step in pair} <= set(access.verbs)


def test_every_screen_has_an_access():
    assert set(screens()) <= set(Access.registry)
