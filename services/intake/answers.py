"""Receipts as they are answered."""

from casework.db.requests import Receipt
from services.intake.schemas import CaseAnswer, ReceiptAnswer


def receipt_answer(receipt: Receipt) -> bytes:
    """The receipt as JSON bytes."""
    cases = [
        CaseAnswer(
            case_no=case.case_no,
            status=case.status,
            status_text=case.status.zh,
            due=case.due,
            provisional=case.provisional,
        )
        for case in receipt.cases
    ]
    answer = ReceiptAnswer(
        request_no=receipt.request_no,
        query_code=receipt.query_code,
        cases=cases,
        flags=list(receipt.flags),
        repeated=receipt.repeated,
        supplemented=receipt.supplemented,
    )
    return answer.model_dump_json().encode()


def status_code(receipt: Receipt) -> int:
    """201 for a new request, 200 for what was known."""
    return 200 if receipt.repeated or receipt.supplemented else 201
