"""Every refusal of the ledger speaks three languages and fills every blank it has."""

import dataclasses

import pytest

from heyi.kernel.errors import BusinessError
from heyi.ledger import errors
from heyi.platform import messages

CLASSES = sorted(
    (
        c
        for c in vars(errors).values()
        if isinstance(c, type) and issubclass(c, BusinessError) and c is not BusinessError
    ),
    key=lambda c: c.code,
)


@pytest.mark.parametrize("error", CLASSES, ids=lambda c: c.code)
def test_a_refusal_has_words_and_a_way_out(error):
    texts = messages.catalogue().texts
    fields = {f.name for f in dataclasses.fields(error)}
    for language in messages.LANGUAGES:
        assert error.code in texts[language]
        assert error.remedy and error.remedy.action in texts[language]
    assert messages.placeholders(error.code) <= fields
