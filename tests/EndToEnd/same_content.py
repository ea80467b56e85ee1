"""stat, reads at odd offsets, mmap and SEEK_DATA of every file that contains the prefix DIRECTORY agree: same_content.py DIRECTORY"""

import mmap
import os
import sys

found = 0
for folder, _, names in os.walk(sys.argv[1]):
    for path in (os.path.join(folder, name) for name in names):
        if os.path.islink(path):
            continue
        with open(path, "rb") as file:
            content = file.read()
            if sys.argv[1].encode() not in content:
                continue
            found += 1
            size = os.stat(path).st_size
            assert size == len(content), (path, size, len(content))
            middle = size // 2 | 1
            assert os.pread(file.fileno(), size, middle) == content[middle:], path
            assert os.lseek(file.fileno(), 0, os.SEEK_DATA) == 0, path
            assert os.lseek(file.fileno(), 0, os.SEEK_END) == size, path
            with mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as mapped:
                assert mapped[:] == content, path
assert found > 3, found
print("agree")
