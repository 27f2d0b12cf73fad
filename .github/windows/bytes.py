"""Python: bytes, the size that an open file tells, a memory map."""

import mmap
import os
import pathlib

expected = pathlib.Path("expected.txt").read_bytes()
pid = pathlib.Path("target.pid").read_text()
path = rf"P:\proc\{pid}\maps"

with open(path, "rb") as file:
    assert os.fstat(file.fileno()).st_size == len(expected)
    assert file.read() == expected
    file.seek(0)
    assert file.read(1) == expected[:1]

with open(path, "rb") as file:
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        assert mapped[:] == expected

assert pid in os.listdir(r"P:\proc")
print(len(expected), "bytes")
