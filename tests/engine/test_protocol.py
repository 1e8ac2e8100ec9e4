"""The messages: checked on both sides, documented, and free of anything heavy."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from rnntui.engine.encoding import Malformed, encode, read_event, read_request
from rnntui.engine.lines import Lines
from rnntui.engine.parts import Alternative, Place, Sampling, Settings
from rnntui.engine.protocol import Frame, Generate
from rnntui.inference.sampling import Sampling as RealSampling

ROOT = Path(__file__).parents[2]


def test_messages_survive_the_wire():
    request = Generate(1, "m", "\n\x1b[31m'é", Place(3, 4), seed=2**40, settings=Settings(length=9))
    assert read_request(encode(request)) == request
    frame = Frame(
        1, 0, "a", 1, 5.5, None, None, (Alternative("\n", 0.5, 0.0), Alternative(255, 0.1, 1))
    )
    assert read_event(encode(frame)) == frame
    assert encode(frame).count(b"\n") == 1


def test_the_samplings_on_the_wire_and_in_the_sampler_are_one():
    wire = {field.name: field.default for field in msgspec.structs.fields(Sampling)}
    real = {field.name: field.default for field in dataclasses.fields(RealSampling)}
    assert wire == real


@pytest.mark.parametrize(
    "line",
    [
        b"", b"null", b"[]", b"7", b"{", b"\xff\xfe\x00", b"{}", b'{"type":"nonsense"}',
        b'{"type":"frame","run":1,"seq":0,"text":"","characters":0,"characters_per_second":1}',
        b'{"type":"stop"}', b'{"type":"stop","run":"one"}', b'{"type":"stop","run":1,"more":2}',
        b'{"type":"stop","run":' + b"9" * 5000 + b"}", b"[" * 200_000,
        b'{"type":"steer","run":1,"settings":{"pace":-1}}',
        b'{"type":"steer","run":1,"settings":{"sampling":{"temperature":"hot"}}}',
        b'{"type":"generate","run":1,"model":"m","prompt":"\\ud800"}',
    ],
)  # fmt: skip
def test_what_is_no_request_is_malformed_and_nothing_worse(line: bytes):
    with pytest.raises(Malformed) as error:
        read_request(line)
    assert error.value.why


def test_a_malformed_message_still_tells_whom_it_concerns():
    with pytest.raises(Malformed) as error:
        read_request(b'{"type":"generate","run":5,"request":6,"seed":-1}')
    assert (error.value.kind, error.value.run, error.value.request) == ("generate", 5, 6)


def test_lines_of_any_length_come_out_whole_and_too_long_ones_as_none():
    lines = Lines(5)
    assert list(lines.push(b"ab")) == []
    assert list(lines.push(b"c\n\n12345\n123456\nx")) == [b"abc", b"", b"12345", None]
    assert list(lines.push(b"y" * 9)) == []
    assert list(lines.push(b"\nok\n")) == [None, b"ok"]


def test_the_client_side_loads_nothing_heavy():
    program = (
        "import rnntui.engine.client, rnntui.engine.protocol, sys, json;"
        "print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    loaded = set(json.loads(done.stdout))
    assert not loaded & {"numpy", "torch", "textual", "typer", "rich", "safetensors", "ctypes"}
    assert not [name for name in loaded if name.startswith("rnntui.inference")]


def test_the_protocol_page_is_fresh():
    script = ROOT / "scripts" / "generate_docs"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
