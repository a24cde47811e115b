from heyi.platform.modules import ModuleConfig


class LedgerConfig(ModuleConfig):
    name = "heyi.ledger"
    default = True
