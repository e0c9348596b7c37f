"""Descriptions in CommonMark, as pages show them."""

import pytest

from thalweg.web.prose import plain, prose


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("One *of* two", "<p>One *of* two</p>"),
        (
            "# Head\n\nand **strong** `code`",
            "<p><strong>Head</strong></p><p>and <strong>strong</strong> <code>code</code></p>",
        ),
        ("[a](https://x.example/a_(b))", '<p><a href="https://x.example/a_(b)">a</a></p>'),
        ("[a](javascript:alert(1))", "<p>a)</p>"),
        ('[a](https://x.example/"onclick="x)', '<p><a href="https://x.example/&#34;onclick=&#34;x">a</a></p>'),
        ("<b>1</b> & 2", "<p>&lt;b&gt;1&lt;/b&gt; &amp; 2</p>"),
        ("snake_case_name and 2 * 3 * 4", "<p>snake_case_name and 2 * 3 * 4</p>"),
        ("* one\n* two", "<p>• one<br>• two</p>"),
    ],
)
def test_the_usual_marks_are_followed_and_the_rest_stays_text(text, shown):
    assert prose(text) == shown


def test_a_summary_has_no_marks():
    text = "## Rivers\n\n**All** of [them](https://x.example), `gsd` *10* m:\n- snake_case_name"
    assert plain(text) == "Rivers All of them, gsd 10 m: snake_case_name"


@pytest.mark.parametrize("mark", ["**a ", "[a", "[a](", "`a", "# ", " \n", "_a "])
def test_marks_that_never_end_are_read_in_no_time(mark):
    assert prose(mark * 20_000).count("<p>") <= 1
    assert len(plain(mark * 20_000)) <= 2_000
