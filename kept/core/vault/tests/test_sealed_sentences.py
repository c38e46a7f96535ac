"""A sentence that is sealed is opened with its message and values, and is shown in the reader's language."""

from __future__ import annotations

from django.db import models

from kept.core.vault.columns.codec import codec
from kept.sentences import Sentence, sentence


def test_a_sentence_comes_back_with_its_values() -> None:
    encode, decode = codec(models.CharField(max_length=200))
    said = decode(encode(sentence("Signed in with {device}", device=sentence("A browser"))))
    assert isinstance(said, Sentence) and said == "Signed in with A browser"
    assert said.message == "Signed in with {device}" and said.values["device"].message == "A browser"


def test_other_text_comes_back_as_it_was() -> None:
    encode, decode = codec(models.TextField())
    for text in ("", "ÿ", '["a", {}]'):
        said = decode(encode(text))
        assert said == text and not isinstance(said, Sentence)
