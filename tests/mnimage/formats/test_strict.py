from __future__ import annotations

import logging
import os
import threading
import warnings

import pytest

from mnimage.formats.strict import captured_stderr, captured_warnings, silenced


def test_output_of_c_code_is_captured_and_not_shown(capfd):
    with captured_stderr() as printed:
        os.write(2, b"first complaint\nsecond\n")
    os.write(2, b"afterwards\n")
    assert printed == ["first complaint", "second"]
    assert capfd.readouterr().err == "afterwards\n"


def test_the_stream_comes_back_after_a_failure(capfd):
    def fail():
        with captured_stderr():
            os.write(2, b"inside\n")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    os.write(2, b"outside\n")
    assert capfd.readouterr().err == "outside\n"


def test_warnings_become_words_and_do_not_leak():
    with captured_warnings() as printed:
        warnings.warn("two\n  lines", UserWarning, stacklevel=1)
        warnings.warn("two\n  lines", UserWarning, stacklevel=1)
    assert printed == ["two lines"]
    with pytest.raises(UserWarning, match="still an error"):
        warnings.warn("still an error", UserWarning, stacklevel=1)


def test_both_captures_can_be_nested(capfd):
    with captured_stderr() as printed, captured_warnings() as warned:
        os.write(2, b"printed\n")
        warnings.warn("warned", UserWarning, stacklevel=1)
    assert (printed, warned) == (["printed"], ["warned"])
    assert capfd.readouterr().err == ""


def test_threads_take_turns_and_restore_everything(capfd):
    before = list(warnings.filters)

    def work():
        for _ in range(50):
            with captured_stderr() as printed:
                os.write(2, b"x\n")
            assert printed == ["x"]
            with captured_warnings() as words:
                warnings.warn("w", UserWarning, stacklevel=1)
            assert words == ["w"]

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert capfd.readouterr().err == ""
    assert warnings.filters == before


def test_a_program_without_an_error_stream_still_reads(monkeypatch):
    def refuse(_):
        raise OSError("bad file descriptor")

    monkeypatch.setattr(os, "dup", refuse)
    with captured_stderr() as printed:
        pass
    assert printed == []


def test_a_logger_is_quiet_inside_only(caplog):
    logger = logging.getLogger("some.library")
    with silenced("some.library"):
        logger.error("inside")
    logger.error("outside")
    assert caplog.messages == ["outside"]
