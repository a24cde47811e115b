"""What approvals refuse."""

from dataclasses import dataclass

from heyi.kernel.errors import BusinessError, Remedy


@dataclass(eq=False)
class TaskClosed(BusinessError):
    """Somebody decided first, or the document was withdrawn."""

    code = "approvals.task_closed"
    kind = "conflict"
    remedy = Remedy("platform.remedy.reload")
    number: str


@dataclass(eq=False)
class NotYourTurn(BusinessError):
    """Documents wait for other people."""

    code = "approvals.not_your_turn"
    remedy = Remedy("approvals.remedy.see_who_decides")
    numbers: list[str]


@dataclass(eq=False)
class OwnDocument(BusinessError):
    """Nobody decides on what they submitted themselves, nor through a delegate."""

    code = "approvals.own_document"
    remedy = Remedy("approvals.remedy.ask_other_approver")
    number: str


@dataclass(eq=False)
class ApproverMissing(BusinessError):
    """Nobody is there to decide on a step, not even in the role that takes the rest."""

    code = "approvals.approver_missing"
    remedy = Remedy("approvals.remedy.give_role")
    step: str
    role: str


@dataclass(eq=False)
class PersonUnsuitable(BusinessError):
    """The chosen person has left, has no seat here, submitted the document, or is asked already."""

    code = "approvals.person_unsuitable"
    remedy = Remedy("approvals.remedy.choose_other_person")
    person: int


@dataclass(eq=False)
class WhyMissing(BusinessError):
    """A rejection or return without a word helps nobody."""

    code = "approvals.why_missing"
    remedy = Remedy("approvals.remedy.say_why")
    verb: str


@dataclass(eq=False)
class StepUnreachable(BusinessError):
    """A document can only be returned to a step it has been at."""

    code = "approvals.step_unreachable"
    remedy = Remedy("approvals.remedy.choose_earlier_step")
    step: str


@dataclass(eq=False)
class PolicyMalformed(BusinessError):
    """A policy does not say what it must."""

    code = "approvals.policy_malformed"
    remedy = Remedy("approvals.remedy.correct_policy")
    place: str


@dataclass(eq=False)
class StepOwnerless(BusinessError):
    """A step of a policy asks people of whom there are none."""

    code = "approvals.step_ownerless"
    remedy = Remedy("approvals.remedy.name_owner")
    step: str
    who: str


@dataclass(eq=False)
class StepBlind(BusinessError):
    """A step asks people who may not read what they are to decide on."""

    code = "approvals.step_blind"
    remedy = Remedy("approvals.remedy.let_them_read")
    step: str
    who: str
    document_type: str


@dataclass(eq=False)
class PolicyMoved(BusinessError):
    """The policy is not a draft any more, or was changed by someone else."""

    code = "approvals.policy_moved"
    kind = "conflict"
    remedy = Remedy("platform.remedy.reload")
    policy: str


@dataclass(eq=False)
class DelegationDatesWrong(BusinessError):
    """A delegation must end after it starts, and not lie in the past."""

    code = "approvals.delegation_dates_wrong"
    remedy = Remedy("approvals.remedy.correct_dates")
    starts: str
    ends: str
