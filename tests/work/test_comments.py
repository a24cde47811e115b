"""Comments: text is text, mentions reach who may read, nothing said is rewritten."""

import pytest
from django.db import IntegrityError, transaction

from heyi.kernel.errors import BusinessError
from heyi.platform.access import NotAllowed, NotFound
from heyi.platform.comments.api import comments, say, withdraw
from heyi.platform.comments.models import Comment
from heyi.platform.comments.talk import CommentEmpty, CommentTooLong, mentioned
from heyi.platform.inbox.api import mark_read, unread
from heyi.platform.inbox.models import Notice
from tests.work.approving import Firm

TYPE = "purchase.receipt"


@pytest.fixture
def firm(db):
    firm = Firm("CO")
    firm.hire("王小明", "purchase.manager")
    firm.hire("audit", "audit.auditor")
    return firm


def test_a_comment_is_text_whatever_it_looks_like(firm):
    receipt = firm.receipt()
    said = say(firm["li"], TYPE, receipt.pk, "  <script>alert(1)</script>\r\n=1+1 ")
    assert said["text"] == "<script>alert(1)</script>\n=1+1"
    [row] = comments(firm["wang"], TYPE, receipt.pk)["rows"]
    assert (row["text"], row["author"]["name"], row["withdrawn"]) == (said["text"], "li", False)


@pytest.mark.parametrize(("text", "error"), [
    ("", CommentEmpty), (" \n ", CommentEmpty), ("x" * 4001, CommentTooLong),
])  # fmt: skip
def test_what_is_no_comment(firm, text, error):
    with pytest.raises(error):
        say(firm["li"], TYPE, firm.receipt().pk, text)
    assert Comment.objects.count() == 0


def test_control_characters_are_refused(firm):
    with pytest.raises(BusinessError, match=r"text_unprintable"):
        say(firm["li"], TYPE, firm.receipt().pk, "a\x00b")


def test_mentions_by_login_name_and_chinese_without_spaces(firm, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = mentioned(
            firm.company.pk,
            "@WANG.co: see @王小明請看, mail me@zhou.co, @nobody and (@chen)",
        )
    assert found == {
        firm["wang"].id: "WANG.co", firm["王小明"].id: "王小明", firm["chen"].id: "chen",
    }  # fmt: skip
    assert mentioned(firm.company.pk, "no one") == {}


def test_only_people_who_may_read_are_told(firm):
    receipt = firm.receipt()
    said = say(firm["li"], TYPE, receipt.pk, "@wang.co and @sun.co look, @li.co too")
    assert said["unreached"] == ["sun.co"]  # a sales clerk reads no receipts
    assert set(Notice.objects.values_list("user_id", flat=True)) == {firm["wang"].id}
    notice = Notice.objects.get()
    assert (notice.kind, notice.subject_type, notice.subject_id) == (
        "comments.mentioned", TYPE, receipt.pk,
    )  # fmt: skip
    assert notice.params["number"] == receipt.number
    assert unread(firm["wang"]) == {"notices": 0, "mentions": 1}
    assert mark_read(firm["wang"]) == 1
    assert unread(firm["wang"]) == {"notices": 0, "mentions": 0}


def test_people_of_another_company_are_strangers(firm):
    other = Firm("CO2")
    receipt = firm.receipt()
    with pytest.raises(NotFound):
        say(other["li"], TYPE, receipt.pk, "hello")
    with pytest.raises(NotFound):
        comments(other["li"], TYPE, receipt.pk)
    say(firm["li"], TYPE, receipt.pk, "@wang.co2 hello")
    assert Notice.objects.count() == 0


def test_who_may_not_touch_the_record_may_not_comment(firm):
    receipt = firm.receipt()
    with pytest.raises(NotAllowed):
        say(firm["audit"], TYPE, receipt.pk, "I only read")
    with pytest.raises(NotFound):
        say(firm["sun"], TYPE, receipt.pk, "hello")
    for subject in (("no.such", 1), (TYPE, 2**70), (TYPE, -1)):
        with pytest.raises(NotFound):
            say(firm["li"], *subject, "hello")


def test_withdrawing_leaves_a_mark(firm):
    receipt = firm.receipt()
    said = say(firm["li"], TYPE, receipt.pk, "@wang.co wrong")
    assert Notice.objects.get().params["text"] == "@wang.co wrong"
    with pytest.raises(NotAllowed):
        withdraw(firm["wang"], said["id"])
    withdraw(firm["li"], said["id"])
    [row] = comments(firm["li"], TYPE, receipt.pk)["rows"]
    assert (row["text"], row["withdrawn"], row["withdrawn_by"]) == ("", True, "li")
    assert Notice.objects.get().params["text"] == ""


def test_nothing_said_is_rewritten(firm):
    say(firm["li"], TYPE, firm.receipt().pk, "so it is")
    for change in (
        lambda: Comment.objects.update(text="so it was"),
        lambda: Comment.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_pages(firm):
    receipt = firm.receipt()
    for n in range(5):
        say(firm["li"], TYPE, receipt.pk, str(n))
    first = comments(firm["li"], TYPE, receipt.pk, limit=3)
    rest = comments(firm["li"], TYPE, receipt.pk, limit=3, after=first["next"])
    assert [r["text"] for r in first["rows"] + rest["rows"]] == ["4", "3", "2", "1", "0"]
    assert rest["next"] is None
