"""What the engine keeps of series it has read."""

from __future__ import annotations

from pathlib import Path

from rnntui.engine.protocol.forecast import Source
from rnntui.engine.series_shelf import Shelf


def test_a_file_read_in_another_way_is_read_anew(tmp_path: Path):
    file = tmp_path / "sizes.csv"
    file.write_bytes("Zeit;größe\n1;2\n2;4\n3;7\n".encode("cp437"))
    shelf = Shelf()

    def names(**reading: str) -> list[str]:
        return [column.name for column in shelf.columns(Source(str(file), **reading))[0]]

    assert "größe" not in names()
    assert "größe" in names(encoding="cp437")
    assert "größe" not in names()
