import pytest

from tests.scenario.people import Company


@pytest.fixture
def company(db: None) -> Company:
    return Company()


@pytest.fixture
def live_company(transactional_db: None) -> Company:
    """A committed company, for stories in which several things happen at once."""
    return Company()


@pytest.fixture(autouse=True)
def quick_passwords(settings) -> None:
    """Seven people are hired for every story; hashing their passwords well is tested elsewhere."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
