"""How much of a text is copied, told by the real engine from the real training text."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from rnntui.checkpoints.config import DataConfig
from rnntui.checkpoints.folder import write_checkpoint
from rnntui.data.corpus import read_corpus
from rnntui.engine.client import Engine, EngineError
from rnntui.engine.protocol import Copied
from tests.conftest import MakeModel, random_weights, small_config
from tests.engine.conftest import Play

LINES = [f"line {n} tells of nothing but number {n * n}." for n in range(200)]


@pytest.fixture
def learned(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A model whose recipe names a corpus that is here."""
    (tmp_path / "lines.txt").write_text("\n".join(LINES))
    monkeypatch.setenv("RNNTUI_DATA", str(tmp_path))
    data = DataConfig("lines", read_corpus([tmp_path / "lines.txt"]).sha256, (0.8, 0.1, 0.1))
    config = msgspec.structs.replace(small_config(), data=data, recipe={"corpus": ["lines"]})
    write_checkpoint(home / "data" / "runs" / "clerk", config, random_weights(config))
    return "clerk"


def test_a_copied_line_is_found_and_told(play: Play, learned: str):
    text = f"Said the clerk: {LINES[40]} And then?"

    async def scene(engine: Engine) -> Copied:
        return await engine.copied(learned, text)

    found = play(scene)
    assert (found.corpus, found.line) == ("lines", 41)
    assert found.longest.strip() == LINES[40]
    assert len(LINES[40]) - 7 <= found.copied < found.grams == len(text) - 7
    assert found.usual is not None and 0 < found.usual < 1


def test_a_text_that_is_not_here_is_an_error_with_a_remedy(play: Play, make_model: MakeModel):
    make_model()

    async def scene(engine: Engine) -> None:
        await engine.copied("tiny", "anything")

    with pytest.raises(EngineError):
        play(scene)
