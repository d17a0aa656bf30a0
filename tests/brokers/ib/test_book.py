"""What is made of an answer that is older than an order."""

from cockpit.brokers.ib.book import Book
from cockpit.brokers.ib.names import Names
from cockpit.brokers.ib.standing import Standing
from tests.brokers.ib.desk import an_order


def test_an_answer_says_nothing_of_what_was_sent_after_its_question() -> None:
    book, order = Book(Names("S0003")), an_order()
    asked_count = book.news_count
    standing = book.orders[order.ref] = Standing(ref=order.ref, order=order)
    book.sent(standing, 5, 0)
    standing.acknowledge(1)
    assert book.missing({}, asked_count, 1) == []
    assert book.missing({}, book.news_count, 1) == [standing]
