from typing import Any

from heyi.platform.modules import ModuleConfig


class PurchaseConfig(ModuleConfig):
    name = "heyi.purchase"
    default = True
    documents = ("purchase.Receipt",)
    roles = ("purchase.buyer", "purchase.manager")

    def declare(self) -> dict[str, Any]:
        from heyi.purchase import access, receipt, screens

        return {
            "screens": (screens.RECEIPT,),
            "access": (access.RECEIPT,),
            "expected": (receipt.EXPECTED,),
            "prepare": {"purchase.receipt": receipt.prepare_receipt},
            "verbs": {
                "purchase.receipt": {
                    "post": receipt.post_receipts,
                    "reverse": receipt.reverse_receipts,
                }
            },
        }
