import pytest

from tests.scenario.people import Company


@pytest.fixture
def company(transactional_db: None) -> Company:
    return Company()
