from tests.ledger.conftest import build, company, forget, live

__all__ = ["build", "company", "forget", "live"]
